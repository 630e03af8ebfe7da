//! Text as it is written.

use std::time::Duration;

use concertmaster_providers::{Kind, MAX_EVENT_BYTES};
use model::{Finish, Trouble};
use standin::{Counts, Reply, Trick, Wire};

use super::rig::{KINDS, Pieces, ask, asking, shaped, standin, value, words};

const TEXT: &str = "Two pull requests were merged; the second one renames a table. 日本語 too.";

#[tokio::test]
async fn pieces_make_up_the_text() {
    for (kind, wire) in KINDS {
        let counts = Counts { prompt: 90, cached: 0, completion: 30 };
        let standin = standin([Reply::text(TEXT).counting(counts).slowly(Duration::from_millis(1))]).await;
        let pieces = Pieces::default();
        let done = ask(&asking(kind, wire, &standin), pieces.of(words())).await.unwrap();
        assert_eq!((done.content.text(), done.finish), (Some(TEXT), Finish::Stop), "{kind:?}");
        assert!(pieces.all().len() > 3, "{kind:?}: {:?}", pieces.all());
        assert_eq!(pieces.all().concat(), TEXT, "{kind:?}");
        assert_eq!((done.spent.usage.tokens_in, done.spent.usage.tokens_out), (90, 30), "{kind:?}");
        assert!(standin.seen()[0].demand.streamed);
    }
}

#[tokio::test]
async fn thoughts_are_not_streamed() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::text(format!("<think>let me see</think>\n\n{TEXT}"))]).await;
        let pieces = Pieces::default();
        let done = ask(&asking(kind, wire, &standin), pieces.of(words())).await.unwrap();
        assert_eq!((done.content.text(), pieces.all().concat().as_str()), (Some(TEXT), TEXT), "{kind:?}");
    }
}

#[tokio::test]
async fn json_is_never_streamed() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::json(value())]).await;
        let pieces = Pieces::default();
        ask(&asking(kind, wire, &standin), pieces.of(shaped())).await.unwrap();
        assert!(pieces.all().is_empty() && !standin.seen()[0].demand.streamed, "{kind:?}");
    }
}

#[tokio::test]
async fn a_stream_that_goes_wrong_is_a_fault_and_not_a_short_answer() {
    for (kind, wire) in KINDS {
        for trick in [Trick::EndEarly, Trick::BreakOff, Trick::MalformedJson, Trick::ErrorInStream, Trick::Oversize] {
            let standin = standin([Reply::text(TEXT).with(trick)]).await;
            let trouble = ask(&asking(kind, wire, &standin), Pieces::default().of(words())).await.unwrap_err();
            let fits = match trick {
                Trick::EndEarly | Trick::MalformedJson => matches!(trouble, Trouble::Garbled { .. }),
                Trick::BreakOff => matches!(trouble, Trouble::Unreachable { .. }),
                Trick::Oversize => trouble == Trouble::TooLong { limit_bytes: MAX_EVENT_BYTES },
                _ => matches!(trouble, Trouble::Overloaded { .. }),
            };
            assert!(fits, "{kind:?} {trick:?}: {trouble:?}");
        }
    }
}

#[tokio::test]
async fn refusals_and_cuts_within_a_stream_are_understood() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::text(TEXT).cut(), Reply::refusal("I will not.")]).await;
        let provider = asking(kind, wire, &standin);
        let done = ask(&provider, Pieces::default().of(words())).await.unwrap();
        assert_eq!(done.finish, Finish::Length, "{kind:?}");
        let refused = ask(&provider, Pieces::default().of(words())).await;
        if kind == Kind::Ollama {
            // It has no other way to refuse than in the model's words.
            assert_eq!(refused.unwrap().content.text(), Some("I will not."));
        } else {
            assert_eq!(refused.unwrap_err(), Trouble::Refused { said: "I will not.".to_owned() }, "{kind:?}");
        }
    }
    assert_eq!(Wire::ALL.len(), KINDS.len());
}
