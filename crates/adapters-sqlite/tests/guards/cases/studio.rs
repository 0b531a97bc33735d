//! Folders, generations, renders, pictures, events.

use super::{Case, check, trigger, unique};
use crate::ready::{image, render, txn};

pub fn cases() -> Vec<Case> {
    [folders(), generations(), renders(), endings(), images(), events()]
        .into_iter()
        .flatten()
        .collect()
}

fn folders() -> Vec<Case> {
    let folder = |id: &str, parent: &str, name: &str| {
        format!(
            "INSERT INTO folder(id, account_id, parent_id, name, created_at) VALUES({id}, #ada, {parent}, '{name}', 1)"
        )
    };
    let under = |bad| trigger("folder_never_under_itself", "a folder cannot lie under itself", bad);
    vec![
        check("folder_id_length", folder("x'00'", "NULL", "x")),
        check("folder_not_in_itself", folder("#x", "#x", "x")),
        unique(
            "folder_name_once",
            "UNIQUE constraint failed: index 'folder_name_once'",
            folder("#x", "#top", "sub"),
        ),
        unique(
            "folder_name_once",
            "UNIQUE constraint failed: index 'folder_name_once'",
            folder("#x", "NULL", "top"),
        ),
        trigger(
            "folder_identity_frozen",
            "a folder keeps its identity",
            "UPDATE folder SET account_id = #bob WHERE id = #subsub",
        )
        .given("UPDATE folder SET parent_id = NULL WHERE id = #subsub"),
        under("UPDATE folder SET parent_id = #sub WHERE id = #top"),
        under("UPDATE folder SET parent_id = #subsub WHERE id = #top"),
    ]
}

fn generations() -> Vec<Case> {
    let generation = |id: &str, count: i64| {
        format!(
            "INSERT INTO generation(id, account_id, prompt, model, size, seed, count, created_at)
                 VALUES({id}, #ada, 'p', 'flux', 'square', 1, {count}, 1)"
        )
    };
    let frozen =
        |bad| trigger("generation_terms_frozen", "a generation's terms are immutable", bad);
    vec![
        check("generation_id_length", generation("x'00'", 1)),
        check("generation_count_range", generation("#x", 0)),
        check("generation_count_range", generation("#x", 5)),
        trigger(
            "generation_parent_frozen",
            "what was remixed stays told",
            "UPDATE generation SET remix_of = #fox WHERE id = #fox",
        ),
        frozen("UPDATE generation SET count = 3 WHERE id = #fox"),
        frozen("UPDATE generation SET account_id = #bob WHERE id = #lone"),
        frozen("UPDATE generation SET seed = 8"),
    ]
}

fn renders() -> Vec<Case> {
    let waits = |set: &str| format!("UPDATE render SET {set} WHERE id = #waits");
    let paid = ("render_born_paid", "a render is born pending, on a paid charge of its account");
    let home = "a render belongs to a generation of its account";
    let new = |generation: &str, account: &str, idx: i64, charge: &str, state: &str| {
        format!("INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, next_at, deadline, created_at)
                 VALUES(#x, {generation}, {account}, {idx}, {charge}, 7, '{state}', 1, 99, 1)")
    };
    let moves = |bad: &str| trigger("render_moves_forward", "a render cannot move this way", bad);
    vec![
        check("render_id_length", render("x'00'", 3, "#paid2")),
        check("render_index_range", render("#x", -1, "#paid2")),
        check("render_index_range", render("#x", 4, "#paid2")).also(&["render_born_paid"]),
        check("render_state_known", waits("state = 'odd'")).also(&["render_moves_forward"]),
        check("render_due_until_final", waits("next_at = NULL, ended_at = 1")),
        check("render_ended_when_final", waits("ended_at = 1")),
        check("render_named_at_provider", waits("state = 'waiting'"))
            .given(waits("state = 'submitting'")),
        check("render_cancel_flag", waits("cancel_requested = 2")),
        check("render_cost_not_negative", waits("cost_micros = -1")),
        unique(
            "render_place_once",
            "UNIQUE constraint failed: render.generation_id, render.idx",
            render("#x", 0, "#paid2"),
        ),
        unique(
            "render_charge_once",
            "UNIQUE constraint failed: render.charge_id",
            render("#x", 3, "#paid"),
        ),
        trigger(
            "render_permanent",
            "renders are permanent",
            "DELETE FROM render WHERE id = #waits",
        ),
        trigger("render_terms_frozen", "a render's terms are immutable", waits("seed = 8")),
        trigger("render_terms_frozen", "a render's terms are immutable", waits("created_at = 100")),
        trigger(
            "render_deadline_moves_along",
            "a deadline is put off only together with its schedule",
            waits("deadline = deadline + 1"),
        ),
        trigger(
            "render_deadline_moves_along",
            "a deadline is put off only together with its schedule",
            waits("deadline = deadline + 2, next_at = next_at + 1"),
        ),
        trigger(
            "render_terms_frozen",
            "a render's terms are immutable",
            waits("charge_id = #paid2"),
        ),
        trigger(paid.0, paid.1, new("#fox", "#ada", 3, "#paid2", "submitting")),
        trigger(paid.0, paid.1, new("#fox", "#ada", 3, "#unpaid", "pending")),
        trigger(paid.0, paid.1, new("#fox", "#ada", 3, "#kept", "pending"))
            .also(&["render_charge_once"]),
        trigger(paid.0, paid.1, new("#fox", "#ada", 3, "#bobs_free", "pending")),
        trigger(paid.0, home, new("#bobs_fox", "#ada", 3, "#paid2", "pending")),
        trigger(paid.0, home, new("#lone", "#ada", 1, "#paid2", "pending")),
        moves("UPDATE render SET state = 'waiting', request_id = 'r' WHERE id = #waits"),
        moves("UPDATE render SET state = 'storing', request_id = 'r' WHERE id = #waits"),
        moves(
            "UPDATE render SET state = 'pending', next_at = 9, ended_at = NULL WHERE id = #failed",
        )
        .also(&["render_ending_frozen"]),
    ]
}

fn endings() -> Vec<Case> {
    let keeps = "a stored render keeps its charge";
    let refunds = "a render that ends without a picture is refunded";
    let ends = |says, state| {
        let bad = format!(
            "UPDATE render SET state = '{state}', next_at = NULL, ended_at = 5 WHERE id = #waits"
        );
        trigger("render_ends_settled", says, bad)
    };
    let at_provider = "UPDATE render SET state = 'submitting' WHERE id = #waits;
                       UPDATE render SET state = 'waiting', request_id = 'r' WHERE id = #waits;";
    let kept = "UPDATE charge SET state = 'kept' WHERE id = #paid;";
    let refunded = txn("refund", 1).lot("#gift", 1).charge("#paid").sql();
    let frozen = |set: &str| {
        let bad = format!("UPDATE render SET {set} WHERE id = #stored");
        trigger("render_ending_frozen", "an ended render is immutable", bad)
    };
    vec![
        ends(keeps, "stored").given(at_provider),
        ends(keeps, "stored").given(at_provider.to_owned() + &refunded),
        ends(refunds, "failed"),
        ends(refunds, "filtered"),
        ends(refunds, "cancelled").given(kept),
        frozen("request_id = 'another'"),
        frozen("error = 'late'"),
        frozen("cost_micros = 7"),
        frozen("ended_at = 6"),
    ]
}

fn images() -> Vec<Case> {
    let of = |columns: &str, values: &str| {
        format!("INSERT INTO image(render_id, generation_id, model, seed, thumbhash, created_at, {columns})
                 VALUES(#stored, #fox, 'flux', 7, x'', 1, {values})")
    };
    let columns = "id, account_id, width, height, bytes, media_type";
    let stored = ("image_of_stored_render", "a picture belongs to a stored render of its account");
    let frozen = |set: &str| {
        let bad = format!("UPDATE image SET {set} WHERE id = #x");
        trigger("image_facts_frozen", "what was stored is immutable", bad)
            .given(image("#x", "#stored"))
    };
    vec![
        check("image_id_length", image("x'00'", "#stored")),
        check("image_has_pixels", of(columns, "#x, #ada, 0, 1, 1, 'image/png'")),
        check("image_has_pixels", of(columns, "#x, #ada, 1, 0, 1, 'image/png'")),
        check("image_has_pixels", of(columns, "#x, #ada, 1, 1, 0, 'image/png'")),
        check("image_media_type_known", of(columns, "#x, #ada, 1, 1, 1, 'text/html'")),
        check("image_liked_flag", "UPDATE image SET liked = 2").given(image("#x", "#stored")),
        unique("image_known_by_id", "UNIQUE constraint failed: image.id", image("#x", "#stored"))
            .given(image("#x", "#stored"))
            .also(&["image_one_per_render"]),
        unique(
            "image_one_per_render",
            "UNIQUE constraint failed: image.render_id",
            image("#y", "#stored"),
        )
        .given(image("#x", "#stored")),
        trigger(stored.0, stored.1, image("#x", "#waits")),
        trigger(stored.0, stored.1, image("#x", "#failed")),
        trigger(stored.0, stored.1, of(columns, "#x, #bob, 1, 1, 1, 'image/png'")),
        trigger(stored.0, stored.1, image("#x", "#stored").replace("#fox", "#lone")),
        frozen("account_id = #bob"),
        frozen("seed = 8"),
        frozen("n = 99"),
    ]
}

fn events() -> Vec<Case> {
    vec![
        check(
            "event_name_known",
            "INSERT INTO event(account_id, name, subject, at) VALUES(#ada, 'odd', #ada, 1)",
        ),
        trigger(
            "event_newest_stays",
            "the newest event keeps the numbering going",
            "DELETE FROM event WHERE n = 2",
        ),
    ]
}
