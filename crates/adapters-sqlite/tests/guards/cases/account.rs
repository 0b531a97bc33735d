//! Caps of keys.

use super::{Case, check, trigger, unique};

pub fn cases() -> Vec<Case> {
    [caps()].into_iter().flatten().collect()
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
