//! The OpenAPI 3.1 document: what each endpoint says about itself, with what holds for all of them added in one place. And the
//! pages that show it, which load nothing from elsewhere.

mod events;
mod strict;

use axum::{Json, Router, routing::get};
pub use events::{events_schema_text, events_text};
use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{
        Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
        SecurityRequirement,
        path::{Operation, Parameter, ParameterIn, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    ApiState,
    error::{ErrorBody, ErrorCode},
};

/// Where the document is.
pub const PATH: &str = "/openapi.json";

const TAGS: [(&str, &str); 12] = [
    ("robots", "What Creel has learned about a shop: one robot for one host and country."),
    ("runs", "One crawl with one robot."),
    ("schedules", "A cadence that makes runs."),
    ("captures", "One stored record of one successful product page."),
    ("enrichments", "Jobs that make items of captures, 1 credit each."),
    ("items", "What captures mean: category, attributes, sizes, clean text, each with how sure it is and why."),
    (
        "assistant",
        "Questions in words about your own data, answered by a language model with tools; 1 credit for each started 1,000 tokens.",
    ),
    ("billing", "Credits: balance, statement, usage, forecast. Plans, the subscription and credit packs."),
    ("organization", "The organization, its members and invitations, its keys, and who did what."),
    ("webhooks", "Where events are sent, and the log of what was sent."),
    ("session", "Signing in and out, for people."),
    ("operating", "For whoever operates the installation."),
];

/// The document of this version.
#[must_use]
pub fn document() -> Value {
    finished(crate::endpoints(crate::v1::router()).split_for_parts().1)
}

/// The document as it is kept in the repository.
#[must_use]
pub fn document_text() -> String {
    format!("{:#}\n", document())
}

/// The reference of error codes, in Markdown.
#[must_use]
pub fn errors_text() -> String {
    let rows = ErrorCode::ALL.iter().map(|code| {
        let (status, meaning, remedy) = (code.status().as_u16(), code.meaning(), code.remedy());
        format!("| {status} | `{code}` | {meaning} | {remedy} |\n")
    });
    include_str!("document/errors.md").to_owned() + &rows.collect::<String>()
}

/// What stands above the endpoints.
pub(crate) fn head() -> OpenApi {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Creel")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("document/head.md")))
        .license(Some(license))
        .build();
    let tags = TAGS.map(|(name, text)| TagBuilder::new().name(name).description(Some(text)).build());
    OpenApiBuilder::new().info(info).tags(Some(tags)).components(Some(Components::new())).build()
}

/// Adds what no endpoint says by itself: how to authenticate, and the errors that follow from what an endpoint takes.
fn finished(mut document: OpenApi) -> Value {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert("Error".to_owned(), ErrorBody::schema());
    components.schemas.insert("ErrorCode".to_owned(), ErrorCode::schema());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key of the organization: `Authorization: Bearer crl_…`."))
        .build();
    components.security_schemes.insert("api_key".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    let cookie = ApiKeyValue::with_description(
        "creel_session",
        "The session of somebody who is signed in (`__Host-creel_session` over https). It is also taken wherever a key is; what \
         changes something carries `X-CSRF-Token` beside it.",
    );
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
    components.security_schemes.insert("session".to_owned(), RefOr::T(session));
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_errors(operation);
        }
    }
    let mut document = serde_json::to_value(document).unwrap_or_default();
    strict::no_null_parameters(&mut document);
    strict::answers_are_whole(&mut document);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete].into_iter().filter_map(Option::as_mut)
}

fn add_errors(operation: &mut Operation) {
    // An endpoint that anybody may call says so by an empty list.
    let authenticated = operation.security.as_ref().is_none_or(|schemes| !schemes.is_empty());
    let mut codes = vec![ErrorCode::Internal, ErrorCode::Unavailable];
    if authenticated {
        let by_key = || vec![SecurityRequirement::new::<_, [&str; 0], &str>("api_key", [])];
        let for_people = operation.security.is_some();
        operation.security.get_or_insert_with(by_key);
        codes.extend([ErrorCode::Unauthorized, ErrorCode::TooManyRequests]);
        if for_people {
            codes.push(ErrorCode::Forbidden);
        }
    }
    if role_of(operation).is_some_and(|role| role != "member") {
        codes.push(ErrorCode::Forbidden);
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if parameters.iter().any(in_path) {
        codes.push(ErrorCode::NotFound);
    }
    // An unknown parameter is refused also where none is known.
    if authenticated {
        codes.push(ErrorCode::InvalidField);
    }
    if operation.request_body.is_some() {
        codes.extend([
            ErrorCode::BadRequest,
            ErrorCode::PayloadTooLarge,
            ErrorCode::UnsupportedMediaType,
            ErrorCode::InvalidField,
        ]);
    }
    for code in codes {
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Error")))).build();
        let response = ResponseBuilder::new().description(code.meaning()).content("application/json", content).build();
        operation.responses.responses.entry(code.status().as_u16().to_string()).or_insert(RefOr::T(response));
    }
}

fn in_path(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
}

/// The role that an endpoint takes at least, as it says in `x-role`.
fn role_of(operation: &Operation) -> Option<&str> {
    operation.extensions.as_ref()?.get("x-role")?.as_str()
}

/// `/openapi.json` and `/docs`.
pub(crate) fn pages(document: Value) -> Router<ApiState> {
    let config = Config::from(PATH).try_it_out_enabled(true).persist_authorization(true).display_request_duration(true);
    let swagger: Router<ApiState> = SwaggerUi::new("/docs").config(config).into();
    swagger.route(PATH, get(async move || Json(document)))
}
