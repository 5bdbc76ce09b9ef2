//! The control room: the test clock, what can go wrong, what an operator does with payments, and the events with their deliveries.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::Value;

use super::{
    super::{StripeSimulator, answer::Refusal},
    card_of,
    frame::{button, card_choice, esc, instant, money, not_found, page, see_other, text},
};
use crate::stripe::{ApiFault, DeliveryFaults, DisputeEnd, Form, RefundAs};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Tables show the newest of so many rows.
const ROWS_MAX: usize = 40;
const CLOCK_STANDS: &str =
    "This Stripe lives by the machine's clock, which cannot be moved. What was due by now has happened.";

pub(super) async fn answer(simulator: &StripeSimulator, method: &Method, parts: &[&str], given: &Form) -> Response {
    match (method, parts) {
        (&Method::POST, ["clock"]) => {
            let has_come = move_clock(simulator, given.text("by").unwrap_or_default()).await;
            if has_come { see_other("/") } else { show(simulator, Some(CLOCK_STANDS)) }
        }
        (&Method::POST, [action]) => match act(simulator, action, given) {
            Ok(()) => see_other("/"),
            Err(refusal) => show(simulator, Some(&refusal.message)),
        },
        (_, []) => show(simulator, None),
        _ => not_found(simulator.state().now()),
    }
}

/// Whether it is that late then.
async fn move_clock(simulator: &StripeSimulator, by: &str) -> bool {
    let to = match by {
        "hour" => simulator.now().plus_ms(HOUR_MS),
        "day" => simulator.now().plus_ms(DAY_MS),
        "month" => simulator.now().plus_ms(31 * DAY_MS),
        _ => simulator.next_due().unwrap_or(simulator.now()),
    };
    simulator.advance(to).await;
    simulator.now() >= to
}

fn act(simulator: &StripeSimulator, action: &str, given: &Form) -> Result<(), Refusal> {
    let id = given.text("id").unwrap_or_default();
    match action {
        "api" => plan_fault(simulator, given),
        "deliveries" => set_faults(simulator, given),
        "refund" => {
            let begins = if given.text("as") == Some("pending") { RefundAs::Pending } else { RefundAs::Succeeded };
            simulator.refund_as(id, given.integer("amount")?, begins).map(drop)
        }
        "refund_done" => simulator.complete_refund(id).map(drop),
        "refund_failed" => simulator.fail_refund(id).map(drop),
        "dispute" => simulator.dispute(id, given.text("as") == Some("warning")).map(drop),
        "dispute_closed" => {
            let end = match given.text("as") {
                Some("won") => DisputeEnd::Won,
                Some("lost") => DisputeEnd::Lost,
                _ => DisputeEnd::WarningClosed,
            };
            simulator.close_dispute(id, end).map(drop)
        }
        "cancel" => simulator.cancel_now(id).map(drop),
        "pause" => simulator.pause(id).map(drop),
        "resume" => simulator.resume(id).map(drop),
        "card" => simulator.set_card(id, card_of(given)),
        "delete" => simulator.delete_customer(id).map(drop),
        "resend" => {
            simulator.resend(id);
            Ok(())
        }
        _ => Err(Refusal::bad("There is no such thing to do.")),
    }
}

fn plan_fault(simulator: &StripeSimulator, given: &Form) -> Result<(), Refusal> {
    let count = u32::try_from(given.integer("count")?.unwrap_or(1)).unwrap_or(1);
    let fault = match given.text("fault") {
        Some("limited") => ApiFault::RateLimited,
        Some("before") => ApiFault::DroppedBefore,
        Some("after") => ApiFault::DroppedAfter,
        Some("slow") => ApiFault::Slow { ms: 5_000 },
        _ => ApiFault::ServerError,
    };
    simulator.fail_next(count, fault);
    Ok(())
}

fn set_faults(simulator: &StripeSimulator, given: &Form) -> Result<(), Refusal> {
    let percent = |name: &str| given.integer(name).map(|found| u64::try_from(found.unwrap_or(0)).unwrap_or(0).min(100));
    simulator.set_delivery_faults(DeliveryFaults {
        duplicate_percent: percent("duplicate")?,
        drop_percent: percent("drop")?,
        replay_percent: percent("replay")?,
        reorder: given.has("reorder"),
        delay_seconds: given.integer("delay")?.unwrap_or(0).max(0),
        slow_acknowledgement: given.has("slow"),
    });
    Ok(())
}

fn show(simulator: &StripeSimulator, refusal: Option<&str>) -> Response {
    let parts = [
        clock(simulator),
        menu(simulator),
        customers(simulator),
        subscriptions(simulator),
        payments(simulator),
        events(simulator),
    ];
    let refusal = refusal.map(|refusal| format!("<section><p class=\"bad\" role=\"alert\">{}</p></section>", esc(refusal)));
    let status = if refusal.is_none() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    page(status, "Control room", simulator.state().now(), "", &format!("{}{}", refusal.unwrap_or_default(), parts.concat()))
}

fn clock(simulator: &StripeSimulator) -> String {
    let next = simulator
        .next_due()
        .map_or_else(|| "Nothing is due.".to_owned(), |at| format!("Next is due: {}.", instant(&(at.0 / 1000).into())));
    let go = |by: &str, label: &str| button("/control/clock", &[("by", by)], label);
    format!(
        "<section><h2>Clock</h2><p>{next}</p><div class=\"row\">{}{}{}{}</div></section>",
        go("next", "To what is due next"),
        go("hour", "An hour on"),
        go("day", "A day on"),
        go("month", "31 days on")
    )
}

fn menu(simulator: &StripeSimulator) -> String {
    let faults = simulator.delivery_faults();
    let checked = |is: bool| if is { " checked" } else { "" };
    let number = |name: &str, label: &str, value: &str| {
        format!("<label>{label} <input type=\"number\" name=\"{name}\" value=\"{value}\" min=\"0\"></label>")
    };
    format!(
        "<section><h2>What goes wrong</h2><form class=\"row\" method=\"post\" action=\"/control/api\">{}<select name=\"fault\" aria-label=\"Fault\">\
         <option value=\"error\">500</option><option value=\"limited\">429</option><option value=\"before\">connection lost before the work</option>\
         <option value=\"after\">connection lost after the work</option><option value=\"slow\">five seconds late</option></select>\
         <button>Plan</button></form><form class=\"row\" method=\"post\" action=\"/control/deliveries\">{}{}{}{}\
         <label><input type=\"checkbox\" name=\"reorder\" value=\"1\"{}> in any order</label>\
         <label><input type=\"checkbox\" name=\"slow\" value=\"1\"{}> acknowledged too late</label><button>Set</button></form></section>",
        number("count", "Requests to the API", "1"),
        number("duplicate", "Deliveries: % twice", &faults.duplicate_percent.to_string()),
        number("drop", "% never", &faults.drop_percent.to_string()),
        number("replay", "% again under a new id", &faults.replay_percent.to_string()),
        number("delay", "seconds late", &faults.delay_seconds.to_string()),
        checked(faults.reorder),
        checked(faults.slow_acknowledgement)
    )
}

fn newest(simulator: &StripeSimulator, kind: &str) -> Vec<Value> {
    simulator.all(kind).into_iter().rev().take(ROWS_MAX).collect()
}

fn table(title: &str, head: &[&str], rows: &str) -> String {
    let head: String = head.iter().map(|name| format!("<th>{name}</th>")).collect();
    let rows = if rows.is_empty() { "<tr><td class=\"soft\">None yet.</td></tr>" } else { rows };
    format!("<section><h2>{title}</h2><div class=\"wide roomy\"><table><tr>{head}</tr>{rows}</table></div></section>")
}

fn customers(simulator: &StripeSimulator) -> String {
    let row = |customer: &Value| {
        let id = text(&customer["id"]);
        format!(
            "<tr><td>{}<br><code>{id}</code></td><td><details><summary>{:?}</summary><form method=\"post\" action=\"/control/card\"><input \
             type=\"hidden\" name=\"id\" value=\"{id}\">{}<button>Change</button></form></details></td><td>{}</td></tr>",
            text(&customer["email"]),
            simulator.card(&id),
            card_choice(true),
            button("/control/delete", &[("id", &id)], "Delete")
        )
    };
    let living: Vec<Value> =
        newest(simulator, "customer").into_iter().filter(|customer| customer["deleted"] != true).collect();
    table("Customers", &["Customer", "Card", ""], &living.iter().map(row).collect::<String>())
}

fn subscriptions(simulator: &StripeSimulator) -> String {
    let row = |subscription: &Value| {
        let id = text(&subscription["id"]);
        let item = &subscription["items"]["data"][0];
        let act = |action: &str, label: &str| button(&format!("/control/{action}"), &[("id", &id)], label);
        let acts = match subscription["status"].as_str() {
            Some("canceled" | "incomplete_expired") => String::new(),
            Some("paused") => act("resume", "Resume") + &act("cancel", "End now"),
            _ => act("pause", "Pause") + &act("cancel", "End now"),
        };
        format!(
            "<tr><td><code>{id}</code></td><td>{}</td><td>{} to {}</td><td><div class=\"row\">{acts}</div></td></tr>",
            text(&subscription["status"]),
            instant(&item["current_period_start"]),
            instant(&item["current_period_end"])
        )
    };
    table(
        "Subscriptions",
        &["Subscription", "Status", "Period", ""],
        &newest(simulator, "subscription").iter().map(row).collect::<String>(),
    )
}

fn payments(simulator: &StripeSimulator) -> String {
    let (refunds, disputes) = (simulator.all("refund"), simulator.all("dispute"));
    let row = |charge: &Value| {
        let id = text(&charge["id"]);
        let with = |action: &str, id: &str, how: &str, label: &str| {
            button(&format!("/control/{action}"), &[("id", id), ("as", how)], label)
        };
        let mut acts = String::new();
        if charge["paid"] == true && charge["refunded"] == false {
            acts.push_str(&format!(
                "<form class=\"row\" method=\"post\" action=\"/control/refund\"><input type=\"hidden\" name=\"id\" value=\"{id}\"><input \
                 type=\"number\" name=\"amount\" min=\"1\" aria-label=\"Cents, empty for all\" placeholder=\"cents\"><button>Refund</button></form>"
            ));
            acts.push_str(&with("refund", &id, "pending", "Refund, pending"));
            acts.push_str(&with("dispute", &id, "dispute", "Dispute"));
            acts.push_str(&with("dispute", &id, "warning", "Warn"));
        }
        for refund in refunds.iter().filter(|refund| refund["charge"] == id.as_str() && refund["status"] == "pending") {
            let refund = text(&refund["id"]);
            acts.push_str(&with("refund_done", &refund, "", "Refund arrives"));
            acts.push_str(&with("refund_failed", &refund, "", "Refund fails"));
        }
        let is_open = |dispute: &&Value| {
            dispute["charge"] == id.as_str()
                && dispute["status"]
                    .as_str()
                    .is_some_and(|status| status.ends_with("response") || status.ends_with("review"))
        };
        for dispute in disputes.iter().filter(is_open) {
            let dispute = text(&dispute["id"]);
            for (how, label) in [("won", "Won"), ("lost", "Lost"), ("closed", "Warning closed")] {
                acts.push_str(&with("dispute_closed", &dispute, how, label));
            }
        }
        format!(
            "<tr><td><code>{id}</code></td><td class=\"number\">{}</td><td>{}</td><td class=\"number\">{}</td><td><div class=\"row\">{acts}</div></td></tr>",
            money(&charge["amount"]),
            text(&charge["status"]),
            money(&charge["amount_refunded"])
        )
    };
    let rows: String = newest(simulator, "charge").iter().map(row).collect();
    table("Payments", &["Charge", "Amount", "Status", "Refunded", ""], &rows)
}

fn events(simulator: &StripeSimulator) -> String {
    let attempts = simulator.attempts();
    let row = |event: &Value| {
        let id = text(&event["id"]);
        let tried = attempts.iter().filter(|attempt| attempt.event_id == id);
        let said =
            |attempt: &super::super::Attempt| attempt.status.map_or("no answer".to_owned(), |status| status.to_string());
        let tried: Vec<String> = tried.map(said).collect();
        format!(
            "<tr><td>{}</td><td>{}<br><code>{id}</code></td><td>{}</td><td>{}</td></tr>",
            instant(&event["created"]),
            text(&event["type"]),
            if tried.is_empty() { "–".to_owned() } else { tried.join(", ") },
            button("/control/resend", &[("id", &id)], "Send again")
        )
    };
    table("Events", &["When", "Event", "Answers", ""], &newest(simulator, "event").iter().map(row).collect::<String>())
}
