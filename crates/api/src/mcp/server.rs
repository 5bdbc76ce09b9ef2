//! What an MCP client is told: who answers, which tools there are, and what a call of one answers.

use std::sync::Arc;

use creel_assistant::tools::{self, Scope, ToolSpec};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
    },
    service::RequestContext,
};

const INSTRUCTIONS: &str = include_str!("instructions.md");

/// The tools for one request's organization.
#[derive(Clone)]
pub(super) struct Tools {
    pub scope: Scope,
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        let creel = Implementation::new("creel", env!("CARGO_PKG_VERSION"));
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities).with_server_info(creel).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::list().iter().map(tool).collect()))
    }

    async fn call_tool(
        &self,
        asked: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if !tools::list().iter().any(|tool| tool.name == asked.name) {
            return Err(ErrorData::invalid_params("there is no such tool", None));
        }
        let arguments = serde_json::Value::Object(asked.arguments.unwrap_or_default()).to_string();
        let answer = tools::call(&self.scope, &asked.name, &arguments).await;
        let result = if answer.is_error {
            // As text alone: it is not of the shape that the tool's answers have.
            CallToolResult::error(vec![ContentBlock::text(answer.json.to_string())])
        } else {
            CallToolResult::structured(answer.json)
        };
        Ok(result.into())
    }
}

/// A draft is read-only too: it is checked, and nothing is made.
fn tool(spec: &ToolSpec) -> Tool {
    let object = |schema: &serde_json::Value| Arc::new(schema.as_object().cloned().unwrap_or_default());
    let annotations = ToolAnnotations::with_title(spec.title).read_only(true).idempotent(true).open_world(false);
    Tool::new(spec.name, spec.description, object(&spec.input_schema))
        .with_title(spec.title)
        .with_raw_output_schema(object(&spec.output_schema))
        .with_annotations(annotations)
}
