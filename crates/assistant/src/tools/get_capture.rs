//! One capture with everything that it says but its pictures.

use creel_types::{Capture, CaptureId};

use super::{
    error::ToolError,
    input::{Id, Text, input},
    output::{Linked, One, Renamed},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        capture_id: Id<CaptureId>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct GetCapture;

impl Tool for GetCapture {
    const NAME: &'static str = "get_capture";
    const TITLE: &'static str = "Show a capture";
    const DESCRIPTION: &'static str = "One capture: description, options, SKUs, offers, properties.";
    type Asked = Asked;
    type Told = One<Linked<Renamed<Capture>>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let capture = scope.capture(&asked.capture_id).await?;
        One::chosen(&Linked { link: scope.link("captures", capture.id), thing: Renamed(capture) }, asked.fields.as_ref())
    }
}
