//! Which plan somebody wants, how many credit packs, and who it is that buys.

use axum::{extract::FromRequestParts, http::request::Parts};
use creel_billing::{Buyer, checkout::check_quantity, packs::check_packs};
use creel_store::asked::texts::whole_number;
use creel_types::{Actor, OrganizationId, PackTerms, Plan};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{AdditionalProperties, KnownFormat, OneOfBuilder, Schema, SchemaFormat, SchemaType, Type},
    },
};

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    session::FoundSession,
};

creel_types::words! {
    /// A plan that is paid for.
    PaidPlan { Start = "start", Scale = "scale" }
}

impl PaidPlan {
    const fn plan(self) -> Plan {
        match self {
            PaidPlan::Start => Plan::Start,
            PaidPlan::Scale => Plan::Scale,
        }
    }
}

/// A plan with its number of units, one where nothing is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedPlan {
    plan: PaidPlan,
    #[serde(default, deserialize_with = "whole_number")]
    quantity: Option<i64>,
}

impl WantedPlan {
    pub(super) fn checked(&self) -> Result<(Plan, i64), ApiError> {
        let (plan, quantity) = (self.plan.plan(), self.quantity.unwrap_or(1));
        check_quantity(plan, quantity)?;
        Ok((plan, quantity))
    }
}

/// Each plan with the quantities that it has.
impl PartialSchema for WantedPlan {
    fn schema() -> RefOr<Schema> {
        let one = |plan: &PaidPlan| {
            let name = creel_types::schema::word(&[plan.as_str()]);
            let quantity = ObjectBuilder::new()
                .schema_type(SchemaType::Array(vec![Type::Integer, Type::Null]))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                .minimum(Some(1))
                .maximum(Some(plan.plan().terms().quantity_max))
                .description(Some("Units; 1 where nothing is said."));
            ObjectBuilder::new()
                .title(Some(plan.plan().terms().name))
                .property("plan", name)
                .property("quantity", quantity)
                .required("plan")
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let all = PaidPlan::ALL.iter().fold(OneOfBuilder::new(), |all, plan| all.item(one(plan)));
        all.description(Some("A plan with its number of units.")).into()
    }
}

impl ToSchema for WantedPlan {}

/// How many credit packs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedPacks {
    #[serde(deserialize_with = "some_whole_number")]
    #[schema(minimum = 1, maximum = 100)]
    quantity: i64,
}

fn some_whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    whole_number(deserializer)?.ok_or_else(|| D::Error::custom("say how many, as a whole number"))
}

impl WantedPacks {
    pub(super) fn checked(&self, pack: PackTerms) -> Result<i64, ApiError> {
        check_packs(pack, self.quantity)?;
        Ok(self.quantity)
    }
}

/// An admin who buys; a person's name and address stand on what Stripe sends, a key has none.
pub(crate) struct BuyingCaller {
    pub(super) organization: OrganizationId,
    pub(super) buyer: Buyer,
}

impl FromRequestParts<ApiState> for BuyingCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<BuyingCaller, ApiError> {
        let AdminCaller(Caller { organization, by, .. }) = AdminCaller::from_request_parts(parts, state).await?;
        let session = parts.extensions.get::<FoundSession>().and_then(|found| found.0.as_ref().ok());
        let person = session.filter(|_| matches!(by.actor, Actor::Person(_))).map(|session| &session.holder);
        let (email, name) = (person.map(|one| one.email.clone()), person.map(|one| one.name.clone()));
        Ok(BuyingCaller { organization, buyer: Buyer { email, name, by } })
    }
}
