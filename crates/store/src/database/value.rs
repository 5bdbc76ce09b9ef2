//! One bound value. Its type is always known, also where there is none, because PostgreSQL wants to be told.

use creel_types::Time;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

/// What a type is in the database when it is not there.
pub trait Absent {
    const ABSENT: Value;
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::from(value.to_owned())
    }
}

impl From<String> for Value {
    /// Without the character 0, which PostgreSQL keeps in no text, and which means nothing in any.
    fn from(value: String) -> Value {
        Value::Text(Some(if value.contains('\0') { value.replace('\0', "") } else { value }))
    }
}

macro_rules! int_value {
    ($($type:ty => $of:expr),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                let of: fn($type) -> i64 = $of;
                Value::Int(Some(of(value)))
            }
        }

        impl Absent for $type {
            const ABSENT: Value = Value::Int(None);
        }
    )*};
}
int_value!(
    i64 => |value| value,
    bool => i64::from,
    Time => |value| value.0,
    creel_types::Credits => |value| value.0,
);

macro_rules! id_value {
    ($($id:ty),* $(,)?) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Value {
                Value::Text(Some(id.to_string()))
            }
        }

        impl Absent for $id {
            const ABSENT: Value = Value::Text(None);
        }
    )*};
}
id_value!(
    uuid::Uuid,
    creel_types::OrganizationId,
    creel_types::ApiKeyId,
    creel_types::RobotId,
    creel_types::BuildId,
    creel_types::RunId,
    creel_types::CaptureId,
    creel_types::ConversationId,
    creel_types::MessageId,
    creel_types::EnrichmentId,
    creel_types::ItemId,
    creel_types::ScheduleId,
    creel_types::LotId,
    creel_types::HoldId,
    creel_types::PersonId,
    creel_types::SessionId,
    creel_types::InvitationId,
    creel_types::AuditId,
    creel_types::MailId,
    creel_types::EventId,
    creel_types::WebhookId,
    creel_types::DeliveryId,
);

impl Absent for &str {
    const ABSENT: Value = Value::Text(None);
}

impl Absent for String {
    const ABSENT: Value = Value::Text(None);
}

impl<T: Into<Value> + Absent> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(T::ABSENT, Into::into)
    }
}

/// `args![a, b]`: the bound values of a statement.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::database::Value::from($value)),*] };
}
