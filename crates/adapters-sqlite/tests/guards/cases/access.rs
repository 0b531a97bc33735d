//! Keys, sessions, sign-in challenges, idempotency, counters, counted days, clocks.

use super::{Case, check, trigger, unique};

pub fn cases() -> Vec<Case> {
    [keys(), sessions(), challenges(), idempotency(), quotas(), days(), clocks()]
        .into_iter()
        .flatten()
        .collect()
}

fn clocks() -> Vec<Case> {
    vec![
        check("clock_is_one", "INSERT INTO clock(id, seen_at) VALUES(2, 1)"),
        check("clock_doubt_whole", "INSERT INTO clock(id, seen_at, doubted_at) VALUES(1, 1, 1)"),
    ]
}

fn keys() -> Vec<Case> {
    let key = |id: &str, hash: i64| {
        format!(
            "INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, created_at)
                 VALUES({id}, #ada, 'k', zeroblob({hash}), 'abcd', 'generate', 1)"
        )
    };
    let frozen = |set: &str| {
        trigger(
            "api_key_terms_frozen",
            "a key's terms are immutable",
            format!("UPDATE api_key SET {set}"),
        )
    };
    vec![
        check("api_key_id_length", key("x'00'", 32)),
        check("api_key_hash_length", key("#x", 31)),
        trigger(
            "api_key_revoked_for_good",
            "a revoked key stays revoked",
            "UPDATE api_key SET revoked_at = NULL",
        )
        .given("UPDATE api_key SET revoked_at = 2"),
        frozen("scopes = 'generate consume'"),
        frozen("account_id = #bob"),
        frozen("expires_at = 999"),
    ]
}

fn sessions() -> Vec<Case> {
    let session = |id: &str, hash: &str| {
        format!(
            "INSERT INTO session(id, hash, account_id, user_id, device, created_at, seen_at)
                 VALUES({id}, {hash}, #ada, #ada_user, 'd', 1, 1)"
        )
    };
    vec![
        check("session_id_length", session("x'00'", "randomblob(32)")),
        check("session_hash_length", session("#x", "zeroblob(31)")),
        unique(
            "session_known_by_hash",
            "UNIQUE constraint failed: session.hash",
            session("#x", "zeroblob(32)"),
        ),
        trigger(
            "session_identity_frozen",
            "a session keeps its identity",
            "UPDATE session SET account_id = #bob",
        ),
        trigger(
            "session_identity_frozen",
            "a session keeps its identity",
            "UPDATE session SET created_at = 2",
        ),
        trigger(
            "session_ended_for_good",
            "an ended session stays ended",
            "UPDATE session SET ended_at = NULL",
        )
        .given("UPDATE session SET ended_at = 2"),
    ]
}

fn challenges() -> Vec<Case> {
    let challenge = |id: &str, canonical: &str, code: i64| {
        format!("INSERT INTO challenge(id, email, canonical, code, link, browser, return_to, created_at)
                 VALUES({id}, 'e', '{canonical}', zeroblob({code}), zeroblob(32), zeroblob(32), '/', 1)")
    };
    vec![
        check("challenge_id_length", challenge("x'00'", "x", 32)),
        check("challenge_digest_lengths", challenge("#x", "x", 6)),
        check("challenge_digest_lengths", "UPDATE challenge SET link = x''"),
        check("challenge_digest_lengths", "UPDATE challenge SET browser = x''"),
        check("challenge_attempts_range", "UPDATE challenge SET attempts = 6"),
        check("challenge_attempts_range", "UPDATE challenge SET attempts = -1"),
        unique(
            "challenge_one_per_address",
            "UNIQUE constraint failed: challenge.canonical",
            challenge("#x", "a@b.c", 32),
        ),
        trigger(
            "challenge_answered_once",
            "an answered challenge is immutable",
            "UPDATE challenge SET consumed_at = NULL",
        )
        .given("UPDATE challenge SET consumed_at = 2"),
    ]
}

fn idempotency() -> Vec<Case> {
    let row = |key: &str, hash: i64| {
        format!(
            "INSERT INTO idempotency(account_id, key, body_hash, balance, at) VALUES(#ada, '{key}', zeroblob({hash}), 0, 1)"
        )
    };
    vec![
        check("idempotency_hash_length", row("x", 31)),
        unique(
            "idempotency_key_once",
            "UNIQUE constraint failed: idempotency.account_id, idempotency.key",
            row("k", 32),
        ),
        trigger(
            "idempotency_immutable",
            "an answer that was given stays given",
            "UPDATE idempotency SET balance = 9",
        ),
    ]
}

fn quotas() -> Vec<Case> {
    let row = |rule: &str, owner: i64, used: i64, lapses: i64| {
        format!(
            "INSERT INTO quota(rule, owner, began_at, used, lapses_at) \
             VALUES('{rule}', zeroblob({owner}), 1, {used}, {lapses})"
        )
    };
    vec![
        check("quota_owner_length", row("y", 31, 1, 2)),
        check("quota_was_used", row("y", 32, -1, 2)),
        check("quota_lapses_after_it_began", row("y", 32, 1, 1)),
        unique(
            "quota_one_window",
            "UNIQUE constraint failed: quota.rule, quota.owner",
            row("x", 32, 1, 2),
        ),
    ]
}

fn days() -> Vec<Case> {
    let day = |begins: u64, counted: u8| {
        format!("INSERT INTO day(begins, counted) VALUES({begins}, {counted})")
    };
    let figure = "INSERT INTO day_figure(begins, name, subject, value) VALUES(0, 'spent', '', 1)";
    vec![
        check("day_begins_at_midnight", day(1, 0)),
        check("day_counted_flag", day(0, 2)),
        unique(
            "day_figure_once",
            "UNIQUE constraint failed: day_figure.begins, day_figure.name, day_figure.subject",
            figure.to_owned(),
        )
        .given(format!("{}; {figure}", day(0, 1))),
    ]
}
