//! One capture with everything that it says but its pictures.

use creel_types::CaptureId;
use serde_json::Value;

use super::{
    answer::{json_of, linked, renamed},
    bounded,
    error::ToolError,
    input::{Id, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        capture_id: Id<CaptureId>,
    }
}

pub(super) struct GetCapture;

impl Tool for GetCapture {
    const NAME: &'static str = "get_capture";
    const TITLE: &'static str = "Show a capture";
    const DESCRIPTION: &'static str = "One capture: description, options, SKUs, offers, properties.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let capture = scope.capture(&asked.capture_id).await?;
        Ok(bounded::whole(linked(scope.link("captures", capture.id), renamed(json_of(&capture)?))))
    }
}
