//! The ledger against plain bookkeeping.

use concertmaster_query::{Budget, Cost, Ledger, Reservation};
use proptest::prelude::*;

/// What is done to a ledger.
#[derive(Clone, Copy, Debug)]
enum Step {
    Reserve(u64),
    Settle(usize),
    Refund(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_u64..40).prop_map(Step::Reserve),
        2 => (0_usize..8).prop_map(Step::Settle),
        1 => (0_usize..8).prop_map(Step::Refund),
    ];
    prop::collection::vec(step, 0..80)
}

/// Plays the steps on a ledger of one budget and on a model of another, and
/// says where they first differ.
fn differs(steps: &[Step], ledgers: Budget, models: Budget) -> Option<usize> {
    let ledger = Ledger::new(ledgers);
    let (mut held, mut out): (Vec<u64>, Vec<Reservation>) = (Vec::new(), Vec::new());
    let mut spent: Vec<u64> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match *step {
            Step::Reserve(micros) => {
                let calls = held.len() + spent.len() + 1;
                let cost: u64 = held.iter().chain(&spent).sum::<u64>() + micros;
                let fits = calls <= models.calls as usize && cost <= models.cost.micros();
                let reserved = ledger.reserve(Cost::from_micros(micros));
                if reserved.is_ok() != fits {
                    return Some(at);
                }
                if let Ok(reservation) = reserved {
                    held.push(micros);
                    out.push(reservation);
                }
            }
            Step::Settle(which) if !out.is_empty() => {
                out.remove(which % out.len()).settle();
                spent.push(held.remove(which % held.len()));
            }
            Step::Refund(which) if !out.is_empty() => {
                drop(out.remove(which % out.len()));
                held.remove(which % held.len());
            }
            Step::Settle(_) | Step::Refund(_) => {}
        }
        let sum: u64 = spent.iter().sum();
        if (ledger.spent_calls() as usize, ledger.spent_cost().micros()) != (spent.len(), sum) {
            return Some(at);
        }
    }
    None
}

fn budget(calls: u32, micros: u64) -> Budget {
    Budget { calls, cost: Cost::from_micros(micros) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_ledger_does_what_its_model_does(steps in steps(), calls in 0_u32..20, micros in 0_u64..300) {
        let budget = budget(calls, micros);
        prop_assert_eq!(differs(&steps, budget, budget), None, "{:?}", steps);
    }
}

#[test]
fn a_ledger_that_lets_one_too_many_through_is_found_out() {
    let steps = [Step::Reserve(10), Step::Reserve(10), Step::Settle(0), Step::Reserve(10)];
    assert_eq!(differs(&steps, budget(2, 30), budget(2, 30)), None);
    assert_eq!(differs(&steps, budget(3, 30), budget(2, 30)), Some(3));
    assert_eq!(differs(&steps, budget(9, 30), budget(9, 20)), Some(3));
}
