//! A conversation begins; a message begins, with credits held for its first call of the model.

use creel_ledger::{HOLD_MS_MAX, NewHold, Reference, ReferenceType, Refused};
use creel_types::{
    Asker, ConversationId, Credits, HoldId, MessageEnd, MessageId, MessageStatus, OrganizationId, credits_of_tokens,
};

use super::{ConversationView, OF_ASKER, conversation, not_found, of_asker, room::Room};
use crate::{
    Store, StoreError, args,
    database::{Tx, Value},
    ledger::{
        account::{Named, lock_account},
        consequences,
    },
};

/// Characters of a question that a conversation is called by.
const TITLE_CHARS_MAX: usize = 80;

/// What is asked.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub conversation: ConversationId,
    pub question: String,
    /// Path of the dashboard's page that it is asked on.
    pub page: Option<String>,
    pub model: String,
    /// Tokens of the first call, as counted before it.
    pub prompt_tokens: i64,
    /// Tokens that its answer may have where credits suffice.
    pub output_tokens_max: i64,
}

/// A message whose first call of the model may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    pub id: MessageId,
    pub number: i64,
    /// Tokens that the answer of the first call may have; they are held.
    pub output_tokens: i64,
    /// What the message ends with where that is too few.
    pub bound: MessageEnd,
}

impl Store {
    /// An empty conversation.
    pub async fn create_conversation(
        &self,
        organization: OrganizationId,
        asker: Asker,
        title: &str,
    ) -> Result<ConversationView, StoreError> {
        let now = self.clock.now();
        let id: ConversationId = self.random.id(now);
        let title: String = title.chars().take(TITLE_CHARS_MAX).collect();
        let sql = "INSERT INTO conversations (id, organization_id, person_id, api_key_id, title, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6)";
        let args = args![id, organization, asker.person(), asker.key(), title.as_str(), now];
        self.database.execute(sql, args).await?;
        Ok(ConversationView { id, title, message_count: 0, credits_spent: Credits::ZERO, created_at: now, updated_at: now })
    }

    /// Writes the question and holds credits for the worst that the first call of the model can come to. Refuses, and writes
    /// nothing, where the balance or the key's limit cannot pay the question and a short answer, or where the conversation's
    /// last message still goes on.
    pub async fn begin_message(
        &self,
        organization: OrganizationId,
        asker: Asker,
        new: NewMessage,
    ) -> Result<Begun, StoreError> {
        let mut tx = self.database.begin().await?;
        self.fail_points.pass("message.begun");
        let hold: HoldId = self.random.id(self.clock.now());
        let mut locked = lock_account(&mut tx, organization, Named::hold(hold)).await?;
        let number = lock_conversation(&mut tx, organization, asker, new.conversation).await?.message_count + 1;
        refuse_if_answering(&mut tx, new.conversation).await?;
        let now = self.clock.now();
        locked.refuse_if_frozen()?;
        locked.account.expire_due(now);
        let room = Room::load(&mut tx, &locked, asker.key(), None, now).await?;
        let Some(output_tokens) = room.output_tokens(0, new.prompt_tokens, new.output_tokens_max) else {
            return Err(cannot_pay(room, new.prompt_tokens));
        };
        let id: MessageId = self.random.id(now);
        let amount = credits_of_tokens(new.prompt_tokens.saturating_add(output_tokens));
        let reference = Reference::new(ReferenceType::Message, id);
        let description = "Held for a message to the assistant".to_owned();
        locked.account.place_hold(now, NewHold { hold, amount, live_ms: HOLD_MS_MAX, reference, description })?;
        self.fail_points.pass("message.held");
        tx.execute(
            "INSERT INTO messages (id, organization_id, conversation_id, number, api_key_id, question, page, model, status,
             hold_id, created_at, beat_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
            args![
                id,
                organization,
                new.conversation,
                number,
                asker.key(),
                new.question.as_str(),
                new.page,
                new.model,
                MessageStatus::Answering.as_str(),
                hold,
                now
            ],
        )
        .await?;
        let title: String = new.question.split_whitespace().collect::<Vec<_>>().join(" ");
        let title: String = title.chars().take(TITLE_CHARS_MAX).collect();
        let sql = "UPDATE conversations SET messages = $2, updated_at = $3,
            title = CASE WHEN title = '' THEN $4 ELSE title END WHERE id = $1";
        tx.execute(sql, args![new.conversation, number, now, title]).await?;
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        self.fail_points.pass("message.written");
        tx.commit().await?;
        self.fail_points.pass("message.committed");
        Ok(Begun { id, number, output_tokens, bound: room.bound })
    }
}

fn cannot_pay(room: Room, prompt_tokens: i64) -> StoreError {
    let needed = credits_of_tokens(prompt_tokens.saturating_add(super::OUTPUT_TOKENS_MIN));
    if room.bound == MessageEnd::LimitReached {
        return StoreError::Conflict(format!(
            "the credit limit of the API key has {} credits left, and the message needs {needed}",
            room.credits
        ));
    }
    Refused::InsufficientCredits { needed, available: room.credits }.into()
}

pub(super) async fn lock_conversation(
    tx: &mut Tx,
    organization: OrganizationId,
    asker: Asker,
    id: ConversationId,
) -> Result<ConversationView, StoreError> {
    let sql = format!("SELECT * FROM conversations WHERE {OF_ASKER} AND id = $4{}", tx.lock("conversations"));
    let args = of_asker(organization, asker).into_iter().chain([Value::from(id)]).collect();
    conversation(&tx.row(&sql, args).await?.ok_or_else(|| not_found(id))?)
}

async fn refuse_if_answering(tx: &mut Tx, conversation: ConversationId) -> Result<(), StoreError> {
    let sql = "SELECT id FROM messages WHERE conversation_id = $1 AND ended_at IS NULL";
    match tx.row(sql, args![conversation]).await? {
        None => Ok(()),
        Some(_) => Err(StoreError::Conflict(
            "the conversation's last message is being answered: wait for it, or stop it".to_owned(),
        )),
    }
}
