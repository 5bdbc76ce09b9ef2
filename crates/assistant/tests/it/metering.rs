//! What many conversations cost, with a model that fails in every way that models do, held against the model's own book: each
//! message is debited for the tokens that its calls took, nothing more, and nothing stays held. `CREEL_PROVE_CONVERSATIONS` sets how
//! many, `CREEL_PROVE_SEED` which.

use std::collections::BTreeMap;

use creel_assistant::{
    Assistant, Event,
    conversation::{Answering, AskError, Question},
    tools::Scope,
};
use creel_model::{Ask, Message, ModelClient, ModelSettings, Tool, ToolCall, count_answer, count_ask, count_tokens};
use creel_store::{StoreError, conversations::MessageView};
use creel_testkit::model::{Exchange, ModelServer, Script};
use creel_types::{Asker, ConversationId, Credits, MessageEnd, Random, credits_of_tokens};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::shop::{Shop, on_both};

/// Conversations on each database, unless somebody wants more.
const CONVERSATIONS: u64 = 120;
/// Questions of one conversation, at most.
const TURNS_MAX: u64 = 3;
/// Of conversations at once.
const AT_ONCE: usize = 8;
/// Words that are heard before somebody goes away or stops the answer: all that such a model says.
const HEARD: usize = 2;

fn wanted(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// What becomes of a question.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Says,
    SaysWithoutUsage,
    SaysInOnePiece,
    Looks,
    LooksAndBreaks,
    BreaksOff,
    BreaksWithError,
    Unavailable,
    Refused,
    /// Whoever asked goes away.
    Left,
    /// Whoever asked stops it.
    Stopped,
    /// Tools for ever.
    Loops,
    Babbles,
    Empty,
}

const KINDS: [Kind; 14] = [
    Kind::Says,
    Kind::SaysWithoutUsage,
    Kind::SaysInOnePiece,
    Kind::Looks,
    Kind::LooksAndBreaks,
    Kind::BreaksOff,
    Kind::BreaksWithError,
    Kind::Unavailable,
    Kind::Refused,
    Kind::Left,
    Kind::Stopped,
    Kind::Loops,
    Kind::Babbles,
    Kind::Empty,
];

/// What a draw says of one question: always the same of the same one.
#[derive(Clone, Copy, Debug)]
struct Plan {
    kind: Kind,
    words: usize,
    /// Words before it goes wrong.
    before: usize,
}

impl Plan {
    fn of(seed: u64, question: u64) -> Plan {
        let random = Random::seeded(seed.wrapping_mul(1_000_003).wrapping_add(question));
        let kind = KINDS[usize::try_from(random.below(KINDS.len() as u64)).unwrap()];
        // Long ones now and then, so that limits of credits and tokens are met.
        let most = if random.below(8) == 0 { 2_500 } else { 300 };
        let words = usize::try_from(random.below(most)).unwrap() + 1;
        Plan { kind, words, before: usize::try_from(random.below(5)).unwrap() }
    }

    fn script(self, has_looked: bool) -> Script {
        let text = |words| "word ".repeat(words);
        match self.kind {
            Kind::Looks | Kind::LooksAndBreaks if !has_looked => {
                Script::Calls("I look.".into(), vec![("list_robots".into(), "{}".into()), ("nothing".into(), "{".into())])
            }
            Kind::Says | Kind::Looks => Script::Says(text(self.words)),
            Kind::SaysWithoutUsage => Script::SaysWithoutUsage(text(self.words)),
            Kind::SaysInOnePiece => Script::SaysInOnePiece(text(self.words)),
            Kind::LooksAndBreaks | Kind::BreaksWithError => Script::BreaksWithError(text(self.words), self.before),
            Kind::BreaksOff => Script::BreaksOff(text(self.words + self.before), self.before),
            Kind::Unavailable => Script::Refuses(503, "not now".into()),
            Kind::Refused => Script::Refuses(400, "no such model".into()),
            Kind::Left | Kind::Stopped => Script::Hangs(text(HEARD + 1), HEARD),
            Kind::Loops => Script::Calls(String::new(), vec![("get_balance".into(), "{}".into())]),
            Kind::Babbles => Script::Babbles("data: {\n\n".into()),
            Kind::Empty => Script::Says(String::new()),
        }
    }

    /// How it ends where credits last; more than one way where the fault may come behind the last word.
    fn ends(self) -> &'static [MessageEnd] {
        match self.kind {
            Kind::Says | Kind::SaysWithoutUsage | Kind::SaysInOnePiece | Kind::Looks => &[MessageEnd::Answered],
            Kind::Left => &[MessageEnd::ClientGone],
            Kind::Stopped => &[MessageEnd::StoppedByUser],
            Kind::Loops => &[MessageEnd::TooLong],
            Kind::LooksAndBreaks | Kind::BreaksWithError if self.words <= self.before => {
                &[MessageEnd::ModelFailed, MessageEnd::Answered]
            }
            _ => &[MessageEnd::ModelFailed],
        }
    }
}

/// The number of the question that a request is about.
fn number(request: &Value) -> u64 {
    let messages = request["messages"].as_array().unwrap();
    let question = messages.iter().rev().find(|message| message["role"] == "user").unwrap();
    question["content"].as_str().unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

/// What the model does with a request. A tool's answer belongs to the last question.
fn script(seed: u64, request: &Value) -> Script {
    let has_looked = request["messages"].as_array().unwrap().last().is_some_and(|message| message["role"] == "tool");
    Plan::of(seed, number(request)).script(has_looked)
}

pub fn model(server: &ModelServer) -> ModelClient {
    let settings = ModelSettings {
        base_url: server.base_url().parse().unwrap(),
        key: None,
        model: "small".into(),
        timeout_ms: 20_000,
        concurrency: AT_ONCE,
        backoff_ms: 1,
    };
    ModelClient::new(settings, Random::seeded(1)).unwrap()
}

/// A conversation: its questions one after the other, each with what became of it; none where it was refused for want of credits.
async fn converse(assistant: Assistant, scope: Scope, seed: u64, conversation: u64) -> Vec<(u64, Option<MessageView>)> {
    let (store, organization) = (scope.store.clone(), scope.organization);
    let asker = Asker::Person(store.random.id(store.clock.now()));
    let id = store.create_conversation(organization, asker, "").await.unwrap().id;
    let turns = 1 + Random::seeded(seed ^ conversation).below(TURNS_MAX);
    let mut messages = Vec::new();
    for question in (0..turns).map(|turn| conversation * TURNS_MAX + turn) {
        let text = format!("Question {question}");
        let asked =
            assistant.ask(Question { organization, asker, by: scope.by.clone(), conversation: id, text, page: None });
        let answering = match asked.await {
            Ok(answering) => answering,
            Err(AskError::Store(StoreError::Refused(_))) => {
                messages.push((question, None));
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        messages.push((question, Some(heard(answering, &scope, asker, id, Plan::of(seed, question)).await)));
    }
    messages
}

/// Listens to an answer, or goes away from it, or stops it.
async fn heard(mut answering: Answering, scope: &Scope, asker: Asker, id: ConversationId, plan: Plan) -> MessageView {
    let store = &scope.store;
    let mut heard = String::new();
    while let Some(event) = answering.events.recv().await {
        match event {
            Event::End(message) => return *message,
            Event::Text(piece) => heard.push_str(&piece),
            Event::Step(_) => {}
        }
        if heard.split_whitespace().count() == HEARD {
            match plan.kind {
                Kind::Left => break,
                Kind::Stopped => store.stop_message(scope.organization, asker, id).await.unwrap(),
                _ => {}
            }
        }
    }
    let message = answering.message;
    drop(answering);
    loop {
        let seen = store.get_message(scope.organization, asker, id, message).await.unwrap();
        if seen.ended_at.is_some() {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// What a request was, as the client counts it where it is not told.
fn ask_of(request: &Value) -> Ask {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let calls = |message: &Value| {
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        let call = |call: &Value| ToolCall {
            id: text(&call["id"]),
            name: text(&call["function"]["name"]),
            arguments: text(&call["function"]["arguments"]),
        };
        calls.map(call).collect()
    };
    let message = |message: &Value| match message["role"].as_str().unwrap() {
        "system" => Message::System(text(&message["content"])),
        "user" => Message::User(text(&message["content"])),
        "assistant" => Message::Assistant { text: text(&message["content"]), calls: calls(message) },
        _ => Message::Tool { call: text(&message["tool_call_id"]), text: text(&message["content"]) },
    };
    let tool = |tool: &Value| {
        let function = &tool["function"];
        Tool::new(text(&function["name"]), text(&function["description"]), function["parameters"].clone())
    };
    Ask {
        messages: request["messages"].as_array().unwrap().iter().map(message).collect(),
        tools: request["tools"].as_array().into_iter().flatten().map(tool).collect(),
        ..Ask::default()
    }
}

/// What one call took by the model's book.
fn took(exchange: &Exchange) -> i64 {
    if exchange.is_told {
        return exchange.prompt_tokens + exchange.completion_tokens;
    }
    if exchange.completion_tokens == 0 {
        return 0;
    }
    i64::try_from(count_ask(&ask_of(&exchange.request)) + count_tokens(&exchange.said)).unwrap()
}

on_both! {
async fn prove_every_message_costs_what_the_models_own_book_says(engine) {
    let (conversations, seed) = (wanted("CREEL_PROVE_CONVERSATIONS", CONVERSATIONS), wanted("CREEL_PROVE_SEED", 1));
    println!("seed {seed}");
    let server = ModelServer::start(move |request| script(seed, request));
    let shop = Shop::new(engine).await;
    let store = shop.store();
    // One that can pay for all of them, and one whose credits end in the middle.
    let (rich, poor) = (shop.scope.clone(), shop.poor(Credits(i64::try_from(conversations).unwrap() / 2)).await);
    let before = [balance(&rich).await, balance(&poor).await];
    let assistant = Assistant::new(store.clone(), Some(model(&server)));
    let (mut asking, mut messages) = (JoinSet::new(), BTreeMap::new());
    for conversation in 0..conversations {
        if asking.len() == AT_ONCE {
            let done: Vec<(u64, Option<MessageView>)> = asking.join_next().await.unwrap().unwrap();
            messages.extend(done);
        }
        let scope = if is_poor(conversation) { poor.clone() } else { rich.clone() };
        asking.spawn(converse(assistant.clone(), scope, seed, conversation));
    }
    messages.extend(asking.join_all().await.into_iter().flatten());
    let log = server.log();
    let mut booked: BTreeMap<u64, i64> = BTreeMap::new();
    for exchange in &log {
        *booked.entry(number(&exchange.request)).or_default() += took(exchange);
    }
    let (mut spent, mut tokens_spent, mut short, mut refused) = ([Credits::ZERO; 2], 0, 0, 0);
    for (question, message) in &messages {
        let (plan, of_poor) = (Plan::of(seed, *question), is_poor(question / TURNS_MAX));
        let Some(message) = message else {
            assert!(of_poor && !booked.contains_key(question), "question {question}: {plan:?}");
            refused += 1;
            continue;
        };
        let tokens = message.prompt_tokens + message.completion_tokens;
        assert_eq!(tokens, booked.get(question).copied().unwrap_or_default(), "question {question}, {plan:?}: {message:?}");
        // A model that says more than it may is paid for what was held.
        assert_eq!(message.credits_spent + message.shortfall, credits_of_tokens(tokens), "question {question}, {plan:?}");
        let end = message.end_reason.unwrap();
        let is_short = of_poor && end == MessageEnd::InsufficientCredits;
        assert!(is_short || plan.ends().contains(&end), "question {question}, {plan:?}: {message:?}");
        assert!(of_poor || message.shortfall == Credits::ZERO, "question {question}, {plan:?}: {message:?}");
        short += u64::from(is_short || message.shortfall > Credits::ZERO);
        spent[usize::from(of_poor)] += message.credits_spent;
        tokens_spent += tokens;
    }
    for (at, scope) in [&rich, &poor].into_iter().enumerate() {
        let after = store.balance(scope.organization).await.unwrap();
        assert_eq!((after.available, after.held), (before[at] - spent[at], Credits::ZERO));
        assert!(after.available >= Credits::ZERO);
        let verified = store.verify_ledger(scope.organization).await.unwrap().unwrap();
        assert_eq!(verified.balance, after.available);
    }
    assert!(spent[0].0 * 3 > i64::try_from(messages.len()).unwrap(), "{spent:?}: the draw is too tame");
    assert!(refused + short > 0, "credits never ended");
    // Nothing was ever asked of the model that no message has.
    assert!(booked.keys().all(|question| messages.contains_key(question)));
    println!(
        "proved: messages against the model's own book on {engine:?} conversations={conversations} messages={} calls={} \
         tokens={tokens_spent} credits={} refused={refused} seed={seed}",
        messages.len(), log.len(), (spent[0] + spent[1]).0,
    );
}
}

/// Every fourth conversation is of the organization that has few credits.
fn is_poor(conversation: u64) -> bool {
    conversation % 4 == 3
}

async fn balance(scope: &Scope) -> Credits {
    scope.store.balance(scope.organization).await.unwrap().available
}

#[test]
fn what_is_counted_here_is_what_is_sent() {
    let call = ToolCall { id: "a".into(), name: "find".into(), arguments: "{}".into() };
    let request = json!({"messages": [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Question 1"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "a", "function": {"name": "find", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "a", "content": "nothing"},
    ]});
    let ask = ask_of(&request);
    assert_eq!(ask.messages[2], Message::Assistant { text: String::new(), calls: vec![call.clone()] });
    let answer =
        creel_model::Answer { text: String::new(), calls: vec![call], finish: creel_model::Finish::Tools, usage: None };
    assert!(count_ask(&ask) > count_answer(&answer));
}
