//! Caps of keys, purposes of challenges, the trail, accounts that are left, what is given up.

use super::{Case, check, trigger, unique};

pub fn cases() -> Vec<Case> {
    [caps(), trail(), leaving(), discards()].into_iter().flatten().collect()
}

fn caps() -> Vec<Case> {
    let capped = |id: &str, cap: i64| {
        format!(
            "INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, cap, created_at)
                 VALUES({id}, #ada, 'k', zeroblob(32), 'abcd', 'generate', {cap}, 1);"
        )
    };
    let month = |key: &str, spent: i64| {
        format!("INSERT INTO key_month(key_id, month, spent) VALUES({key}, 1, {spent});")
    };
    vec![
        trigger("api_key_cap_positive", "a cap is at least one credit", capped("#x", 0)),
        trigger("api_key_cap_frozen", "a key's cap is immutable", "UPDATE api_key SET cap = 9"),
        check("key_month_not_negative", month("#key", -1)),
        unique(
            "key_month_once",
            "UNIQUE constraint failed: key_month.key_id, key_month.month",
            month("#key", 2),
        )
        .given(month("#key", 1)),
        trigger(
            "key_month_begins_within_cap",
            "the key begins beyond its cap",
            month("#capped", 6),
        )
        .given(capped("#capped", 5)),
        trigger(
            "key_month_stays_within_cap",
            "the key goes beyond its cap",
            "UPDATE key_month SET spent = 6",
        )
        .given(capped("#capped", 5) + &month("#capped", 5)),
    ]
}

fn trail() -> Vec<Case> {
    let deed = "INSERT INTO deed(account_id, name, actor, at) VALUES(#ada, 'x', 'cli', 1)";
    vec![
        trigger("deed_permanent", "deeds are permanent", "DELETE FROM deed").given(deed),
        trigger("deed_immutable", "deeds are immutable", "UPDATE deed SET actor = 'user'").given(deed),
        trigger(
            "challenge_purpose_known",
            "a challenge is for signing in, confirming or a new address",
            "INSERT INTO challenge(id, email, canonical, code, link, return_to, created_at, purpose)
               VALUES(#x, 'e', 'x', zeroblob(32), zeroblob(32), '/', 1, 'fun')",
        ),
        check(
            "former_token_length",
            "INSERT INTO former(token, account_id, email, canonical, left_at) VALUES(x'00', #ada, 'e', 'e', 1)",
        ),
    ]
}

fn leaving() -> Vec<Case> {
    let spend = super::super::ready::txn("spend", 1).lot("#gift", -1).charge("#unpaid").sql();
    let closing = "UPDATE account SET closes_at = 5, closing = 1 WHERE id = #ada;";
    let says = "an account that closes stays so";
    vec![
        trigger("account_closing_for_good", says, "UPDATE account SET closing = 0").given(closing),
        trigger("account_closing_for_good", says, "UPDATE account SET closes_at = NULL")
            .given(closing),
        trigger("txn_spend_before_leaving", "an account that is left spends nothing", spend)
            .given("UPDATE account SET closes_at = 5 WHERE id = #ada;"),
    ]
}

fn discards() -> Vec<Case> {
    let discard = |render: &str, account: &str| {
        format!("INSERT INTO discard(render_id, account_id, at) VALUES({render}, {account}, 1);")
    };
    let image = super::super::ready::image("#x", "#stored");
    let says = "only an ended render of the account is discarded";
    vec![
        trigger("discard_permanent", "discards are permanent", "DELETE FROM discard")
            .given(discard("#stored", "#ada")),
        trigger(
            "discard_cleared_once",
            "a cleared discard is immutable",
            "UPDATE discard SET cleared_at = NULL",
        )
        .given(discard("#stored", "#ada") + "UPDATE discard SET cleared_at = 2;"),
        trigger("discard_of_ended_render", says, discard("#waits", "#ada")),
        trigger("discard_of_ended_render", says, discard("#stored", "#bob")),
        trigger("image_leaves_a_discard", "a picture goes with its discard", "DELETE FROM image")
            .given(image),
    ]
}
