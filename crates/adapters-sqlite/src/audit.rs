//! The whole books, checked by questions that share no code with what wrote them.

use rusqlite::{Connection, params};
use safelight_domain::Timestamp;

use crate::{
    connect,
    error::Sql,
    migrate,
    rows::{foreign, micros},
};

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: &'static str,
    /// How many rows break it, or one for a fault of the file.
    pub rows: u64,
    /// One example, or what SQLite said.
    pub example: String,
}

/// Each answers the rows that break its rule, an example first. `?1` is now.
const QUESTIONS: [(&str, &str); 25] = [
    (
        "a balance is the sum of its lots",
        "SELECT hex(a.id) FROM account a LEFT JOIN (SELECT account_id, sum(remaining) AS held FROM lot GROUP BY account_id) l \
         ON l.account_id = a.id WHERE a.balance <> coalesce(l.held, 0)",
    ),
    (
        "an account is where its last txn left it",
        "SELECT hex(a.id) FROM account a LEFT JOIN txn t ON t.account_id = a.id AND t.seq = a.seq \
         WHERE (a.seq = 0 AND (a.balance <> 0 OR a.debt <> 0)) \
            OR (a.seq > 0 AND (t.id IS NULL OR t.balance_after <> a.balance OR t.debt_after <> a.debt))",
    ),
    (
        "a journal has no gaps",
        "SELECT hex(account_id) FROM txn GROUP BY account_id HAVING count(*) <> max(seq) OR min(seq) <> 1",
    ),
    (
        "a journal's time never runs backwards, and each line follows from the one before",
        "SELECT hex(t.account_id) || ':' || t.seq FROM txn t JOIN txn p ON p.account_id = t.account_id AND p.seq = t.seq - 1 \
         WHERE t.at < p.at OR t.balance_after - p.balance_after <> coalesce((SELECT sum(delta) FROM entry WHERE txn_id = t.id), 0)",
    ),
    (
        "a txn is the sum of its entries",
        "SELECT id FROM txn t WHERE coalesce((SELECT sum(delta) FROM entry WHERE txn_id = t.id), 0) <> \
         CASE WHEN kind IN ('grant', 'refund') THEN amount WHEN kind IN ('debt', 'write_off') THEN 0 ELSE -amount END",
    ),
    (
        "a lot holds the sum of its entries",
        "SELECT hex(l.id) FROM lot l LEFT JOIN (SELECT e.lot_id, sum(e.delta) AS held FROM entry e JOIN txn t ON t.id = e.txn_id GROUP BY e.lot_id) s \
         ON s.lot_id = l.id WHERE l.remaining <> coalesce(s.held, 0)",
    ),
    (
        "a lot was filled by one grant or refund",
        "SELECT hex(l.id) FROM lot l LEFT JOIN (SELECT e.lot_id, count(*) AS times, sum(e.delta) AS filled FROM entry e JOIN txn t ON t.id = e.txn_id \
         WHERE t.kind = 'grant' GROUP BY e.lot_id) s ON s.lot_id = l.id \
         WHERE l.kind <> 'refund' AND (s.times IS NOT 1 OR s.filled <> l.granted)",
    ),
    (
        "no entry without its txn",
        "SELECT txn_id FROM entry WHERE txn_id NOT IN (SELECT id FROM txn)",
    ),
    (
        "an entry stays within its account",
        "SELECT t.id FROM txn t JOIN entry e ON e.txn_id = t.id JOIN lot l ON l.id = e.lot_id WHERE l.account_id <> t.account_id",
    ),
    (
        "a charge with a price was spent once, in full",
        "SELECT hex(c.id) FROM charge c WHERE c.price <> coalesce((SELECT sum(amount) FROM txn WHERE charge_id = c.id AND kind = 'spend'), 0)",
    ),
    (
        "a refunded charge got everything back, any other nothing",
        "SELECT hex(c.id) FROM charge c WHERE coalesce((SELECT sum(amount) FROM txn WHERE charge_id = c.id AND kind = 'refund'), 0) \
         <> CASE WHEN c.state = 'refunded' THEN c.price ELSE 0 END",
    ),
    (
        "a stored render kept its charge",
        "SELECT hex(r.id) FROM render r JOIN charge c ON c.id = r.charge_id WHERE r.state = 'stored' AND c.state <> 'kept'",
    ),
    (
        "a render that ended without a picture was refunded",
        "SELECT hex(r.id) FROM render r JOIN charge c ON c.id = r.charge_id WHERE r.state IN ('failed', 'filtered', 'cancelled') AND c.state <> 'refunded'",
    ),
    (
        "an unfinished render's charge is open",
        "SELECT hex(r.id) FROM render r JOIN charge c ON c.id = r.charge_id WHERE r.next_at IS NOT NULL AND c.state <> 'open'",
    ),
    (
        "a stored render has its picture or gave it up, any other has none",
        "SELECT hex(r.id) FROM render r WHERE (r.state = 'stored') <> (EXISTS(SELECT 1 FROM image i WHERE i.render_id = r.id) \
         OR (r.state = 'stored' AND EXISTS(SELECT 1 FROM discard d WHERE d.render_id = r.id)))",
    ),
    (
        "a generation has all its renders",
        "SELECT hex(g.id) FROM generation g WHERE g.count <> (SELECT count(*) FROM render r WHERE r.generation_id = g.id)",
    ),
    (
        "no unfinished render is forgotten for an hour",
        "SELECT hex(id) FROM render WHERE next_at < ?1 - 3600000000 AND deadline < ?1 - 3600000000",
    ),
    (
        "everything of a generation belongs to its account",
        "SELECT hex(r.id) FROM render r JOIN generation g ON g.id = r.generation_id JOIN charge c ON c.id = r.charge_id \
         WHERE r.account_id <> g.account_id OR r.account_id <> c.account_id",
    ),
    (
        "every picture can be found by its words",
        "SELECT hex(i.id) FROM image i WHERE NOT EXISTS(SELECT 1 FROM image_words w WHERE w.rowid = i.n)",
    ),
    (
        "a key's month is what it spent less what came back",
        "SELECT * FROM (WITH told AS (SELECT unhex(substr(actor, 5), '-') AS key, unixepoch(coalesce(t.decided_at, t.at) / 1000000, 'unixepoch', 'start of month') * 1000000 AS month, \
           sum(CASE WHEN c.state = 'refunded' THEN 0 ELSE t.amount END) AS spent \
           FROM txn t JOIN charge c ON c.id = t.charge_id WHERE t.kind = 'spend' AND t.actor LIKE 'key:%' GROUP BY 1, 2) \
         SELECT hex(coalesce(k.key_id, told.key)) FROM key_month k FULL JOIN told ON told.key = k.key_id AND told.month = k.month \
         WHERE k.spent IS NOT told.spent)",
    ),
    (
        "a paid order has its pack, any other has none",
        "SELECT hex(o.id) FROM pack_order o WHERE (SELECT count(*) FROM lot l WHERE l.order_id = o.id AND l.account_id = o.account_id \
         AND l.source = 'pack:' || o.checkout AND l.granted = o.credits) <> (o.state = 'paid')",
    ),
    (
        "an order gave back what its returned money says",
        "SELECT hex(r.order_id) FROM order_returned r WHERE r.taken < 0 OR r.taken > r.target OR r.taken < r.target AND NOT EXISTS(\
         SELECT 1 FROM lot l JOIN entry e ON e.lot_id = l.id JOIN txn t ON t.id = e.txn_id WHERE l.order_id = r.order_id \
         AND t.kind IN ('expire', 'adjust_down', 'forfeit'))",
    ),
    (
        "a debt is what was owed and neither repaid nor forgiven",
        "SELECT hex(a.id) FROM account a WHERE a.debt <> coalesce((SELECT sum(CASE kind WHEN 'debt' THEN amount ELSE -amount END) FROM txn \
         WHERE account_id = a.id AND kind IN ('debt', 'repay', 'write_off')), 0)",
    ),
    (
        "what a delivery moved is in the journal",
        "SELECT event FROM delivery d WHERE d.first_seq IS NOT NULL AND (SELECT count(*) FROM txn WHERE account_id = d.account_id \
         AND seq BETWEEN d.first_seq AND d.last_seq) <> d.last_seq - d.first_seq + 1",
    ),
    (
        "no delivery is forgotten for a day",
        "SELECT event FROM delivery WHERE state = 'pending' AND next_at < ?1 - 86400000000",
    ),
];

/// Everything that is wrong.
pub fn audit(connection: &mut Connection, now: Timestamp) -> Sql<Vec<Finding>> {
    let mut findings = Vec::new();
    // One snapshot: a commit between two questions must not look like a fault.
    let snapshot = connection.transaction()?;
    for (rule, sql) in QUESTIONS {
        let counted = format!(
            "SELECT count(*), min(example) FROM (SELECT NULL AS example WHERE 0 UNION ALL {sql})"
        );
        let now = micros(now);
        let mut question = snapshot.prepare(&counted)?;
        let params = if sql.contains("?1") { params![now] } else { params![] };
        let (rows, example) = question.query_row(params, |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, Option<rusqlite::types::Value>>(1)?))
        })?;
        if rows > 0 {
            let example = format!("{example:?}");
            findings.push(Finding { rule, rows, example });
        }
    }
    findings.extend(missing_guards(&snapshot)?);
    let mut file = snapshot.prepare("PRAGMA integrity_check(10)")?;
    for said in file.query_map([], |row| row.get::<_, String>(0))? {
        let said = said?;
        if said != "ok" {
            findings.push(Finding { rule: "the file is whole", rows: 1, example: said });
        }
    }
    Ok(findings)
}

/// Tables, indexes and triggers that are not as the migrations made them.
fn missing_guards(live: &Connection) -> Sql<Vec<Finding>> {
    let mut fresh = connect::writer(None, connect::Durability::Off)?;
    migrate::migrate(&mut fresh, 0).map_err(|error| foreign("a schema", error))?;
    let (want, have) = (objects(&fresh)?, objects(live)?);
    let missing = want.iter().filter(|object| !have.contains(object));
    let foreign = have.iter().filter(|(name, sql)| {
        sql.starts_with("CREATE TRIGGER") && !want.iter().any(|(wanted, _)| wanted == name)
    });
    let found =
        |rule| move |(name, _): &(String, String)| Finding { rule, rows: 1, example: name.clone() };
    Ok(missing
        .map(found("the schema has all its guards"))
        .chain(foreign.map(found("the schema has no triggers of others")))
        .collect())
}

fn objects(connection: &Connection) -> Sql<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
