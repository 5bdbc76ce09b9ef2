//! The running server keeps what the committed OpenAPI document says: schemathesis asks it thousands of times, right and wrong,
//! with all its checks, on both databases. It sells plans through a simulated Stripe, and has a model that answers, so that what is
//! bought and asked is answered too.

use std::{path::Path, process::Command};

use creel_testkit::model::{ModelServer, Script};

use crate::{assistant::settings, command::Creel, demo_shop::DemoShop, stripe::Shop};

/// Requests of each kind that are tried for each operation; more by hand.
const EXAMPLES: &str = "25";

fn keeps_its_document(creel: Creel) {
    let model = ModelServer::start(|_| Script::Says("There are three.".into()));
    let sold = Shop::configured(creel, &format!("model_enrich = false\n{}", settings(&model)));
    let server = &sold.server;
    // Something of everything, so that lists are not empty.
    let shop = DemoShop::start();
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &serde_json::json!({"robot_id": robot, "budget": 3}));
    server.wait(run.body["id"].as_str().unwrap());
    let python = std::env::var("CREEL_PYTHON")
        .expect("CREEL_PYTHON is not set: run `cargo xtask test`, or see `cargo xtask toolbox`");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let out = Command::new(python)
        .args(["-m", "schemathesis.cli", "run"])
        .arg(document)
        .args(["--url", &server.address, "--header", &format!("Authorization: Bearer {}", server.key)])
        .args(["--checks", "all", "--max-examples", EXAMPLES, "--seed", "1", "--no-color"])
        .env("SCHEMATHESIS_HOOKS", "contract_hooks")
        .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(server.creel.folder())
        .output()
        .unwrap();
    let (said, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}\n{errors}");
    assert!(said.contains("Tested: "), "{said}");
    server.creel.verified_balance();
}

#[test]
fn the_document_is_kept_on_sqlite() {
    keeps_its_document(Creel::new());
}

#[test]
fn the_document_is_kept_on_postgres() {
    keeps_its_document(Creel::on_postgres());
}
