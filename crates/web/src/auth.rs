//! Who calls: the extractor in a signature is the permission check.
//!
//! Invariant: no use case is reached over the API but through [`ApiKey`], and its type says which
//! scope was checked. A working key is never refused for what others at its address do.

use std::{
    marker::PhantomData,
    sync::{Arc, OnceLock},
};

use poem::{Request, RequestBody, Result, http::header as names};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use safelight_domain::{AccountId, Actor, KeyId, KeyScope, Quota};
use safelight_usecases::{Caller, Error, Studio};

use crate::{
    Shared, header,
    limits::within,
    peer::Peer,
    problem::{At, Problem, Slug},
};

const SCHEME: &str = "bearer";

/// What a key must allow: any one of these scopes.
pub trait May: Send + Sync + 'static {
    /// The scopes, most fitting first.
    const ANY_OF: &'static [KeyScope];
}

/// Ask for pictures and cancel them.
pub struct Generate;
/// File, like and trash pictures.
pub struct Library;
/// Look, as anybody who generates or files must.
pub struct Read;
/// Consume credits for the operator's own actions.
pub struct Consume;
/// Whatever a key may.
pub struct Any;

impl May for Generate {
    const ANY_OF: &'static [KeyScope] = &[KeyScope::Generate];
}
impl May for Library {
    const ANY_OF: &'static [KeyScope] = &[KeyScope::Library];
}
impl May for Read {
    const ANY_OF: &'static [KeyScope] = &[KeyScope::Library, KeyScope::Generate];
}
impl May for Consume {
    const ANY_OF: &'static [KeyScope] = &[KeyScope::Consume];
}
impl May for Any {
    const ANY_OF: &'static [KeyScope] = &KeyScope::ALL;
}

/// A caller whose key works, allows `M` and is within its rate.
pub struct ApiKey<M> {
    /// Whose things may be seen and whose credits spent.
    pub account: AccountId,
    /// Who to name in the books.
    pub actor: Actor,
    /// Which key it is.
    pub id: KeyId,
    /// Where the key stands in its minute.
    pub(crate) quota: Quota,
    shared: Arc<Shared>,
    may: PhantomData<M>,
}

impl<M> ApiKey<M> {
    /// Counts a press of the button.
    pub fn press(&self) -> Result<(), Problem> {
        self.shared.counters.generation(self.account, self.studio().now())
    }

    /// The studio, which nobody reaches without a key.
    pub fn studio(&self) -> &Studio {
        &self.shared.web.studio
    }
}

/// Where the edge finds the quota after the request, to tell it with errors too.
pub(crate) type QuotaSlot = Arc<OnceLock<Quota>>;

impl<M: May> ApiKey<M> {
    async fn admit(request: &Request) -> Result<Self, Problem> {
        let Some(shared) = request.data::<Arc<Shared>>().cloned() else {
            return Err(Problem::internal("the application's state is missing".to_owned()));
        };
        let caller = known(&shared, request).await?;
        let now = shared.web.studio.now();
        let quota = shared.counters.keys.take(caller.key_id, now);
        if let Some(slot) = request.data::<QuotaSlot>() {
            // Only the first answer counts: a request has one key.
            slot.get_or_init(|| quota);
        }
        within(quota, "requests with this key")?;
        shared.counters.account(caller.account_id, now)?;
        if !M::ANY_OF.iter().any(|scope| caller.scopes.contains(scope)) {
            return Err(lacks(M::ANY_OF));
        }
        let (account, id) = (caller.account_id, caller.key_id);
        Ok(Self { account, actor: caller.actor(), id, quota, shared, may: PhantomData })
    }
}

/// The caller behind the key that was sent. Every way not to be let in is counted, that of a blocked
/// account too: its key works no more than one that was revoked.
async fn known(shared: &Shared, request: &Request) -> Result<Caller, Problem> {
    let lacks = |says, error| stranger(shared, request, says, error);
    let Ok(sent) = header::one(request, &names::AUTHORIZATION) else {
        let says = "the Authorization header cannot be read; send it once, in ASCII";
        return Err(lacks(says, ", error=\"invalid_request\""));
    };
    let bearer = sent.and_then(|value| value.split_once(' '));
    let key = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME));
    let Some((_, key)) = key else {
        return Err(lacks("send your API key as Authorization: Bearer ...", ""));
    };
    match shared.web.studio.keys.authenticate(key.trim()).await {
        Ok(Some(caller)) => Ok(caller),
        Ok(None) => {
            let says = "this key is mistyped, revoked, expired or unknown; make a new one";
            Err(lacks(says, ", error=\"invalid_token\""))
        }
        Err(Error::Refused(refusal)) => {
            count_failure(shared, request)?;
            Err(Error::Refused(refusal).into())
        }
        Err(Error::Fault(fault)) => Err(Error::Fault(fault).into()),
    }
}

/// Counts a request that proved nothing: 429 for a caller that keeps failing.
pub fn count_failure(shared: &Shared, request: &Request) -> Result<(), Problem> {
    shared.counters.failure(Peer::of(request), shared.web.studio.now())
}

/// 401, or 429 for an address that keeps failing.
fn stranger(shared: &Shared, request: &Request, says: &str, error: &str) -> Problem {
    if let Err(flood) = count_failure(shared, request) {
        return flood;
    }
    Problem::new(Slug::Unauthenticated, says)
        .with(names::WWW_AUTHENTICATE, format!("Bearer realm=\"api\"{error}"))
}

fn lacks(any_of: &[KeyScope]) -> Problem {
    let words: Vec<_> = any_of.iter().map(|scope| scope.as_str()).collect();
    let says = format!("this key lacks the scope {}; make one that has it", words.join(" or "));
    let challenge = format!(
        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{}\"",
        words.join(" ")
    );
    let lacking = words.first().map_or(At::Nothing, |word| At::Scope(word));
    Problem::new(Slug::InsufficientScope, says).at(lacking).with(names::WWW_AUTHENTICATE, challenge)
}

impl<'a, M: May> ApiExtractor<'a> for ApiKey<M> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = MetaSecurityScheme {
            ty: "http",
            description: Some("An API key, made in the studio or by its operator."),
            name: None,
            key_in: None,
            scheme: Some(SCHEME),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme(SCHEME, scheme);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SCHEME]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self::admit(request).await?)
    }
}
