//! What a stream does with an endpoint that answers well, badly, slowly and not at all.

use creel_testkit::model::{ModelServer, Script};
use creel_types::Random;
use serde_json::Value;

use super::*;
use crate::{Finish, Message, ModelSettings, Tool, Usage};

fn client(server: &ModelServer, timeout_ms: u64) -> ModelClient {
    let settings = ModelSettings {
        base_url: server.base_url().parse().unwrap(),
        key: None,
        model: "small".into(),
        timeout_ms,
        concurrency: 1,
        backoff_ms: 1,
    };
    ModelClient::new(settings, Random::seeded(1)).unwrap()
}

fn ask() -> Ask {
    Ask { messages: vec![Message::User("How many are there?".into())], output_tokens_max: 50, ..Ask::default() }
}

/// All that came, and how it ended.
async fn read(client: &ModelClient, ask: &Ask) -> (Vec<String>, Result<Answer, ModelError>) {
    let mut stream = match client.stream(ask).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut pieces = Vec::new();
    loop {
        match stream.next().await {
            Ok(Some(piece)) => pieces.push(piece),
            Ok(None) => return (pieces, Ok(stream.so_far().clone())),
            Err(error) => {
                assert_eq!(pieces.concat(), stream.so_far().text, "what came stays");
                return (pieces, Err(error));
            }
        }
    }
}

#[tokio::test]
async fn an_answer_comes_word_by_word_with_what_it_took() {
    let server = ModelServer::start(|_| Script::Says("There are three of them.".into()));
    let (pieces, answer) = read(&client(&server, 5_000), &ask()).await;
    assert_eq!(pieces, ["There ", "are ", "three ", "of ", "them."]);
    let answer = answer.unwrap();
    assert_eq!((answer.finish, answer.usage), (Finish::Whole, Some(Usage { prompt_tokens: 4, completion_tokens: 5 })));
    assert_eq!(server.log()[0].request["max_tokens"], 50);
    let server = ModelServer::start(|_| Script::SaysWithoutUsage("Three.".into()));
    assert_eq!(read(&client(&server, 5_000), &ask()).await.1.unwrap().usage, None);
}

#[tokio::test]
async fn tools_are_called_with_whatever_the_model_wrote() {
    let server = ModelServer::start(|_| {
        Script::Calls("Let me look.".into(), vec![("find".into(), "{\"q\": 1}".into()), ("list".into(), "not json".into())])
    });
    let tool = Tool::new("find".into(), "Finds.".into(), serde_json::json!({"type": "object"}));
    let (pieces, answer) = read(&client(&server, 5_000), &Ask { tools: vec![tool], ..ask() }).await;
    let answer = answer.unwrap();
    assert_eq!((pieces.concat().as_str(), answer.finish), ("Let me look.", Finish::Tools));
    let calls: Vec<(&str, &str)> = answer.calls.iter().map(|call| (call.name.as_str(), call.arguments.as_str())).collect();
    assert_eq!(calls, [("find", "{\"q\": 1}"), ("list", "not json")]);
}

#[tokio::test]
async fn trouble_before_the_first_word_is_tried_again_and_after_it_never() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let server = ModelServer::start(move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Script::Refuses(429, "slowly".into()),
        1 => Script::Refuses(503, "not now".into()),
        _ => Script::Says("Three.".into()),
    });
    assert_eq!(read(&client(&server, 5_000), &ask()).await.0, ["Three."]);
    assert_eq!(server.log().len(), 3);
    for (script, words) in [
        (Script::BreaksOff("There are three.".into(), 2), 2),
        (Script::BreaksWithError("There are three.".into(), 2), 2),
        (Script::Hangs("There are three.".into(), 1), 1),
    ] {
        let again = script.clone();
        let server = ModelServer::start(move |_| again.clone());
        let (pieces, answer) = read(&client(&server, 200), &ask()).await;
        assert_eq!((pieces.len(), server.log().len()), (words, 1), "{script:?}");
        assert!(matches!(answer, Err(ModelError::Unavailable { .. })), "{script:?}: {answer:?}");
    }
    let server = ModelServer::start(|_| Script::Refuses(401, "who are you?".into()));
    assert_eq!(read(&client(&server, 5_000), &ask()).await.1, Err(ModelError::Key { status: 401 }));
    assert_eq!(server.log().len(), 1);
}

#[tokio::test]
async fn an_answer_in_one_piece_is_one_piece() {
    let server = ModelServer::start(|_| Script::SaysInOnePiece("There are three.".into()));
    let (pieces, answer) = read(&client(&server, 5_000), &ask()).await;
    assert_eq!(pieces, ["There are three."]);
    assert_eq!(answer.unwrap().usage, Some(Usage { prompt_tokens: 4, completion_tokens: 3 }));
}

#[tokio::test]
async fn an_error_in_a_stream_before_anything_came_is_tried_again() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let server = ModelServer::start(move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Script::BreaksWithError("There are three.".into(), 0),
        1 => Script::BreaksOff("There are three.".into(), 0),
        _ => Script::Says("Three.".into()),
    });
    assert_eq!(read(&client(&server, 5_000), &ask()).await.0, ["Three."]);
    assert_eq!(server.log().len(), 3);
}

#[tokio::test]
async fn what_is_no_stream_is_said_to_be_none() {
    for (babble, is_malformed) in [
        ("data: {}\n\ndata: {\n\n", true),
        ("data: <html>\n\n", true),
        // It ends without having ended.
        ("", false),
        ("<html>", false),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", false),
    ] {
        let server = ModelServer::start(move |_| Script::Babbles(babble.to_owned()));
        let error = read(&client(&server, 5_000), &ask()).await.1.unwrap_err();
        assert_eq!(matches!(error, ModelError::Malformed { .. }), is_malformed, "{babble:?}: {error}");
        assert_eq!(matches!(error, ModelError::Unavailable { .. }), !is_malformed, "{babble:?}: {error}");
    }
}

#[tokio::test]
async fn what_came_with_an_error_is_given_out_before_it() {
    let text = r#"data: {"choices":[{"delta":{"content":"There "}}]}"#;
    let error = r#"data: {"error":{"message":"overloaded"}}"#;
    let server = ModelServer::start(move |_| Script::Babbles(format!("{text}\n\n{error}\n\n")));
    let (pieces, answer) = read(&client(&server, 5_000), &ask()).await;
    assert_eq!(pieces, ["There "]);
    assert!(matches!(answer, Err(ModelError::Unavailable { .. })), "{answer:?}");
}

#[tokio::test]
async fn an_endpoint_that_knows_less_is_asked_for_less() {
    let server = ModelServer::start(|request: &Value| match () {
        () if request.get("stream_options").is_some() => Script::Refuses(400, "unknown field stream_options".into()),
        () if request.get("max_tokens").is_some() => {
            Script::Refuses(400, "use max_completion_tokens, not max_tokens".into())
        }
        () => Script::Says("Three.".into()),
    });
    let client = client(&server, 5_000);
    let answer = read(&client, &ask()).await.1.unwrap();
    assert_eq!((answer.text.as_str(), answer.usage), ("Three.", None), "not told, since it could not be asked for");
    assert_eq!(server.log().last().unwrap().request["max_completion_tokens"], 50);
    assert_eq!(server.log().len(), 3);
    read(&client, &ask()).await.1.unwrap();
    assert_eq!(server.log().len(), 4, "it is known by now");
}

#[tokio::test]
async fn whoever_drops_a_stream_ends_the_request_and_gives_back_the_turn() {
    let server = ModelServer::start(|_| Script::Hangs("There are three.".into(), 1));
    let client = client(&server, 60_000);
    for _ in 0..3 {
        // One turn there is: were it not given back, the next would never come.
        let mut stream = client.stream(&ask()).await.unwrap();
        assert_eq!(stream.next().await.unwrap().as_deref(), Some("There "));
        assert!(stream.has_begun());
    }
    assert_eq!(server.log().len(), 3);
}

proptest::proptest! {
    #[test]
    fn however_bytes_are_cut_the_answer_is_the_same(text in ".{0,60}", cuts in proptest::collection::vec(1_usize..40, 1..40)) {
        let event = serde_json::json!({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]});
        let usage = serde_json::json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}});
        let bytes = format!("data: {event}\r\n\r\ndata: {usage}\n\ndata: [DONE]\n\n").into_bytes();
        let (mut events, mut at, mut read) = (Events::default(), 0, Vec::new());
        for cut in cuts.into_iter().cycle() {
            let end = (at + cut).min(bytes.len());
            read.extend(events.push(&bytes[at..end]).unwrap());
            at = end;
            if at == bytes.len() { break }
        }
        let mut assembly = Assembly::new();
        for event in &read[..2] {
            assembly.push(event).unwrap();
        }
        proptest::prop_assert_eq!((assembly.answer().text.clone(), read.len()), (text, 3));
        let usage = Some(Usage { prompt_tokens: 12, completion_tokens: 3 });
        proptest::prop_assert_eq!((assembly.answer().usage, read[2].as_str()), (usage, "[DONE]"));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), json in ".{0,200}") {
        let mut events = Events::default();
        let read = events.push(&bytes).unwrap();
        let mut assembly = Assembly::new();
        for event in read.into_iter().chain(events.finish()).chain([json]) {
            let _ = assembly.push(&event);
        }
    }
}
