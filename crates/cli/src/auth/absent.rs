//! Nobody who could be brought to an authorization server: most commands run
//! where no one looks.

use catalog::ServerId;
use futures::FutureExt;
use futures::future::BoxFuture;
use mcp::upstream::Browser;
use query::{Blame, Fault};

/// Says what a person is to do.
pub(super) struct Absent {
    server: String,
}

impl From<&ServerId> for Absent {
    fn from(server: &ServerId) -> Self {
        Self { server: server.to_string() }
    }
}

impl Absent {
    fn fault(&self) -> Fault {
        let message = format!("it wants your permission: run `concertmaster auth login {}`", self.server);
        Fault::lasting(Blame::Operator, "no_permission", message)
    }
}

impl Browser for Absent {
    fn attended(&self) -> Result<(), Fault> {
        Err(self.fault())
    }

    fn visit(&self, _: String) -> BoxFuture<'_, Result<String, Fault>> {
        let fault = self.fault();
        async { Err(fault) }.boxed()
    }
}
