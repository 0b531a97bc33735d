//! Calls, tried until they succeed or it is clear that they will not.

use std::{sync::Arc, time::Instant};

use safelight_outbound::{Answer, BlockingCalls, chance};
use safelight_ports::{Entropy, Fault};

use crate::{call::Call, limits::Limits, trouble::Trouble, wire::Wire};

/// Makes calls on threads of its own. Pauses between tries hold none.
pub(crate) struct Client {
    pub wire: Arc<Wire>,
    pub calls: BlockingCalls,
    pub entropy: Arc<dyn Entropy>,
    pub limits: Limits,
}

impl Client {
    /// Makes `call`, again if what stopped it may pass. Each try is signed anew.
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, Fault> {
        let call = Arc::new(call);
        let begun = Instant::now();
        let mut tried = 0;
        loop {
            let made = Arc::clone(&call);
            let trouble = match self.blocking(move |wire| wire.attempt(&made)).await? {
                Ok(reply) => return Ok(reply),
                Err(trouble) => trouble,
            };
            tried += 1;
            if !trouble.passes() || tried >= self.limits.tries {
                return Err(trouble.into());
            }
            // With the clock corrected, the next try need not wait.
            if !matches!(trouble, Trouble::Clock { .. }) {
                let chance = chance(&*self.entropy);
                let pause = self.limits.backoff().pause(tried, trouble.after(), chance);
                if begun.elapsed() + pause > self.limits.deadline {
                    return Err(trouble.into());
                }
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Runs `work` where it may block.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wire) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let wire = Arc::clone(&self.wire);
        let done = self.calls.run(move || work(&wire)).await;
        done.map_err(|stopped| stopped.into_fault("storage"))
    }
}
