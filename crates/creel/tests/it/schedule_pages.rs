//! The pages of schedules, walked as a browser without scripts walks them.

use serde_json::{Value, json};

use crate::{
    demo_shop::DemoShop,
    pages::{look, page, send, typed},
    people::with_owner,
    robot_pages::robot,
};

const EVERY_DAY: [(&str, &str); 4] =
    [("interval_amount", "1"), ("interval_unit", "day"), ("time_zone", "Europe/Berlin"), ("discover", "true")];

/// The times that a page shows.
fn times(page: &str) -> Vec<String> {
    let list = page.split_once("<ol class=\"times\">").map_or("", |(_, rest)| rest.split("</ol>").next().unwrap());
    let time = |text: &str| text.split('<').next().unwrap().to_owned();
    list.split("<li><span>").skip(1).map(time).collect()
}

#[test]
fn a_schedule_is_previewed_made_paused_resumed_and_deleted() {
    let (shop, (_server, mut ann)) = (DemoShop::start(), with_owner(""));
    let empty = look(&mut ann, "/schedules", 200);
    assert!(empty.contains("No schedules yet"), "{empty}");
    assert!(look(&mut ann, "/schedules/new", 200).contains("No robot yet"));
    let robot = robot(&mut ann, &shop);
    let form = look(&mut ann, &format!("/schedules/new?robot={robot}"), 200);
    assert_eq!(times(&form).len(), 5, "{form}");
    let base = [&EVERY_DAY[..], &[("robot", robot.as_str())]].concat();
    let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();

    // A gap of the clocks: 02:30 does not exist on that day in Berlin, and later days keep the hour.
    let gap = with(&[("starts_at", "2031-03-29T02:30"), ("step", "preview"), ("budget", "9")]);
    let preview = page(typed(&mut ann, &form, "/schedules/new", &gap), 200);
    let expected = ["Sat 2031-03-29, 02:30", "Sun 2031-03-30, 03:30", "Mon 2031-03-31, 02:30", "Tue 2031-04-01, 02:30"];
    assert_eq!(times(&preview)[..4], expected, "{preview}");
    assert!(preview.contains("value=\"9\"") && preview.contains("value=\"2031-03-29T02:30\""), "what was typed stays");
    let live = typed(&mut ann, &form, "/schedules/times", &gap);
    assert_eq!((live.status, times(&live.text)), (200, times(&preview)), "{}", live.text);
    // Due at noon, so that each day's run waits for the window, whatever time it is now.
    let windows = [
        ("starts_at", "2031-03-29T12:00"),
        ("window_days", "saturday,sunday"),
        ("window_from", "22:00"),
        ("window_to", "23:00"),
    ];
    let weekend =
        page(typed(&mut ann, &form, "/schedules/new", &with(&[&windows[..], &[("step", "preview")]].concat())), 200);
    let expected = ["Sat 2031-03-29, 22:00", "Sun 2031-03-30, 22:00", "Sat 2031-04-05, 22:00"];
    assert_eq!(times(&weekend)[..3], expected, "{weekend}");
    assert!(times(&weekend).iter().all(|time| time.ends_with(", 22:00") && time.starts_with('S')), "{weekend}");
    let more = page(typed(&mut ann, &form, "/schedules/new", &with(&[&windows[..], &[("step", "window")]].concat())), 200);
    assert!(more.contains("id=\"window-to-2\"") && !form.contains("id=\"window-to-2\""), "one row more: {more}");

    for (wrong, field) in [
        (&[("interval_amount", "0")][..], "interval_amount"),
        (&[("interval_amount", "often")], "interval_amount"),
        (&[("time_zone", "Mars/Olympus")], "time_zone"),
        (&[("starts_at", "soon")], "starts_at"),
        (&[("starts_at", "2091-01-01T00:00")], "starts_at"),
        (&[("window_from", "22:00"), ("window_to", "22:00")], "windows"),
        (&[("window_from", "22:00")], "windows"),
        (&[("budget", "0")], "budget"),
        (&[("start_urls", "https://elsewhere.example/")], "start_urls"),
        (&[("exclude", "re:(")], "exclude"),
        (&[("robot", "00000000-0000-7000-8000-000000000000")], "robot"),
    ] {
        let kept: Vec<_> = base.iter().filter(|(name, _)| !wrong.iter().any(|(other, _)| name == other)).copied().collect();
        let seen = typed(&mut ann, &form, "/schedules/new", &[&kept[..], wrong].concat());
        assert!(matches!(seen.status, 404 | 409 | 422), "{field}: {}", seen.status);
        let status = seen.status;
        let refused = page(seen, status);
        assert!(
            refused.contains("role=\"alert\"") && refused.contains(&format!("id=\"{field}-error\"")),
            "{field}: {refused}"
        );
        let is_no_choice = matches!(field, "robot" | "time_zone");
        assert!(is_no_choice || refused.contains(wrong[0].1), "{field} is kept: {refused}");
    }

    let made = typed(&mut ann, &form, "/schedules/new", &with(&[("name", "Nightly"), ("step", "save")]));
    assert_eq!(made.status, 303, "{}", made.text);
    let path = made.location().split('?').next().unwrap().to_owned();
    let seen = look(&mut ann, &path, 200);
    assert!(
        seen.contains("<title>Nightly – Shop") && seen.contains("Active") && seen.contains("It has made no run yet"),
        "{seen}"
    );
    assert_eq!(times(&seen).len(), 5);
    let paused = send(&mut ann, &seen, &format!("{path}/pause"), &[]);
    assert_eq!(paused.location(), format!("{path}?done=paused"), "{}", paused.text);
    let asleep = look(&mut ann, &path, 200);
    assert!(asleep.contains("It sleeps until somebody resumes it."), "{asleep}");
    assert!(look(&mut ann, "/schedules?status=paused", 200).contains("Nightly"));
    assert!(look(&mut ann, "/schedules?status=active", 200).contains("No schedule fits"));
    assert_eq!(send(&mut ann, &asleep, &format!("{path}/resume"), &[]).location(), format!("{path}?done=resumed"));
    let gone = send(&mut ann, &seen, &format!("{path}/delete"), &[]);
    assert_eq!((gone.status, gone.location()), (303, "/schedules?done=deleted"), "{}", gone.text);
    look(&mut ann, &path, 404);
}

#[test]
fn a_schedule_is_changed_and_two_who_do_are_told() {
    let (shop, (_server, mut ann)) = (DemoShop::start(), with_owner(""));
    let robot = robot(&mut ann, &shop);
    let schedule = json!({"robot_id": robot, "cadence": {"interval_amount": 1, "interval_unit": "day"}, "budget": 5,
        "time_zone": "Europe/Berlin", "windows": [{"days": ["monday", "thursday"], "from": "20:00", "to": "24:00"}]});
    let made = ann.ask("POST", "/v1/extract/schedules", &schedule).json();
    let (id, starts_at) = (made["id"].as_str().unwrap(), made["starts_at"].clone());
    let path = format!("/schedules/{id}/edit");
    let form = look(&mut ann, &path, 200);
    assert!(form.contains("<option value=\"monday,thursday\" selected>Mon, Thu</option>"), "{form}");
    let hidden = |page: &str, name: &str| {
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1.split('"').next().unwrap().to_owned()
    };
    let names = ["edition", "anchor", "anchor_zone", "anchor_cadence", "starts_at"];
    let began: Vec<(&str, String)> = names
        .iter()
        .map(|name| {
            let value = if *name == "starts_at" {
                form.split_once("type=\"datetime-local\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
            } else {
                hidden(&form, name)
            };
            (*name, value)
        })
        .collect();
    let send_with = |ann: &mut crate::browser::Browser, form: &str, more: &[(&str, &str)]| {
        let began: Vec<(&str, &str)> = began.iter().map(|(name, value)| (*name, value.as_str())).collect();
        typed(ann, form, &path, &[&EVERY_DAY[..], &began, more].concat())
    };
    let changed = send_with(&mut ann, &form, &[("name", "Renamed"), ("budget", "")]);
    assert_eq!(
        (changed.status, changed.location()),
        (303, format!("/schedules/{id}?done=changed").as_str()),
        "{}",
        changed.text
    );
    let now = ann.ask("GET", &format!("/v1/extract/schedules/{id}"), &Value::Null).json();
    assert_eq!((now["name"].as_str(), &now["budget"], &now["starts_at"]), (Some("Renamed"), &Value::Null, &starts_at));
    assert_eq!(now["windows"], json!([]), "rows that are not there any more are none");

    // The other tab still has what was before.
    let told = page(send_with(&mut ann, &form, &[("name", "Other"), ("budget", "8")]), 409);
    assert!(told.contains("It was changed meanwhile, by ann@shop.example on "), "{told}");
    assert!(told.contains("value=\"Other\"") && told.contains("Begin again with what it is now"), "{told}");
    let now = ann.ask("GET", &format!("/v1/extract/schedules/{id}"), &Value::Null).json();
    assert_eq!((now["name"].as_str(), &now["budget"]), (Some("Renamed"), &Value::Null));
    let wrong = page(send_with(&mut ann, &form, &[("budget", "none")]), 422);
    assert!(wrong.contains("id=\"budget-error\"") && wrong.contains("value=\"none\""), "{wrong}");
}
