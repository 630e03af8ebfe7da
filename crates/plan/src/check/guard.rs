//! Guards.

use catalog::JsonTypes;
use serde_json::Value;

use super::Checker;
use super::reference::RefPlace;
use crate::closest::closest;
use crate::draft::{DraftBinding, DraftGuard, DraftRef, Field};
use crate::{Comparison, FaultCode, Guard, literal};

/// The comparison that always holds: no guard at all.
pub(crate) const ALWAYS: &str = "always";

impl Checker<'_> {
    /// The condition, or none when it always holds; `Err` when it is faulty.
    pub(super) fn guard(&mut self, at: usize, draft: &DraftGuard) -> Result<Option<Guard>, ()> {
        if draft.comparison.is_empty() || draft.comparison == ALWAYS {
            return Ok(None);
        }
        let Some(comparison) = Comparison::parse(&draft.comparison) else {
            let place = self.place(at, Field::WhenCmp);
            let message = format!("`{}` is no comparison", draft.comparison);
            self.fault(at, FaultCode::MalformedGuard, place, message);
            self.suggest(closest(&draft.comparison, Comparison::ALL.iter().map(|comparison| comparison.as_str())));
            return Err(());
        };
        // How a step ended has no inside to look at.
        let path = if comparison.of_values() { draft.subject.path.as_str() } else { "" };
        let place = RefPlace { step: self.place(at, Field::When), path: self.place(at, Field::WhenPath) };
        let subject = DraftRef::new(draft.subject.step.as_str(), path);
        let subject = self.reference(at, &subject, &place);
        let types = subject.as_ref().map_or(JsonTypes::ANY, |(_, shape)| shape.types());
        let value = self.guard_value(at, comparison, draft, types);
        match (subject, value) {
            (Some((subject, _)), Ok(value)) => Ok(Some(Guard { subject, comparison, value })),
            _ => Err(()),
        }
    }

    fn guard_value(
        &mut self,
        at: usize,
        comparison: Comparison,
        draft: &DraftGuard,
        types: JsonTypes,
    ) -> Result<Option<Value>, ()> {
        let place = self.place(at, Field::WhenValue);
        let value = match &draft.value {
            None => None,
            Some(DraftBinding::Literal(value)) => Some(value.clone()),
            Some(DraftBinding::Text(text)) => Some(literal::of_text(text, types)),
            Some(DraftBinding::Ref(_) | DraftBinding::Item(_) | DraftBinding::Template(_)) => {
                self.fault(at, FaultCode::MalformedGuard, place, "a guard compares with a literal value");
                return Err(());
            }
        };
        let name = comparison.as_str();
        match value {
            None if comparison.needs_value() => {
                let message = format!("`{name}` needs a value to compare with");
                self.fault(at, FaultCode::MalformedGuard, place, message);
                Err(())
            }
            Some(value) if comparison.orders() && !matches!(value, Value::Number(_) | Value::String(_)) => {
                let message = format!("`{name}` compares numbers or texts, and {value} is neither");
                self.fault(at, FaultCode::MalformedGuard, place, message);
                Err(())
            }
            Some(_) if !comparison.needs_value() => {
                let message = format!("`{name}` compares with nothing; leave the value out");
                self.fault(at, FaultCode::MalformedGuard, place, message);
                Err(())
            }
            value => Ok(value),
        }
    }
}
