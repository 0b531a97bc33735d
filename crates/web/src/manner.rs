//! What a call does, told by its answer's type: its success status and every problem it may end in.

use poem::http::StatusCode;

use crate::problem::Problem;

/// What a call does.
pub trait Manner: Send + Sync + 'static {
    /// The status of its success.
    const STATUS: StatusCode;
    /// The document's word on its success.
    const SAYS: &'static str;
    /// Whether its success tells where the new thing is.
    const LOCATES: bool = false;
    /// The statuses of the problems it may end in.
    const PROBLEMS: &'static [StatusCode];
}

/// It looks.
pub struct Looks;
/// It works out an answer from a body and records nothing.
pub struct Reckons;
/// It changes what is there.
pub struct Changes;
/// It makes something.
pub struct Makes;
/// It charges at once.
pub struct Charges;
/// It charges and begins work that ends later.
pub struct Begins;

/// The result of a call in the manner of `M`.
pub type Told<T, M> = Result<crate::envelope::Answer<T, M>, Problem>;

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
const PAYMENT: StatusCode = StatusCode::PAYMENT_REQUIRED;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const CONFLICT: StatusCode = StatusCode::CONFLICT;
const TOO_LARGE: StatusCode = StatusCode::PAYLOAD_TOO_LARGE;
const MEDIA_TYPE: StatusCode = StatusCode::UNSUPPORTED_MEDIA_TYPE;
const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const TOO_MANY: StatusCode = StatusCode::TOO_MANY_REQUESTS;
const INTERNAL: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// What looking may end in.
pub(crate) const LOOKING: &[StatusCode] =
    &[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, INVALID, TOO_MANY, INTERNAL, UNAVAILABLE];

const CHANGING: &[StatusCode] = &[
    BAD_REQUEST,
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    TOO_LARGE,
    MEDIA_TYPE,
    INVALID,
    TOO_MANY,
    INTERNAL,
    UNAVAILABLE,
];

const SPENDING: &[StatusCode] = &[
    BAD_REQUEST,
    UNAUTHORIZED,
    PAYMENT,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    TOO_LARGE,
    MEDIA_TYPE,
    INVALID,
    TOO_MANY,
    INTERNAL,
    UNAVAILABLE,
];

impl Manner for Looks {
    const STATUS: StatusCode = StatusCode::OK;
    const SAYS: &'static str = "As it is now";
    const PROBLEMS: &'static [StatusCode] = LOOKING;
}

impl Manner for Reckons {
    const STATUS: StatusCode = StatusCode::OK;
    const SAYS: &'static str = "Worked out; nothing was recorded";
    const PROBLEMS: &'static [StatusCode] = CHANGING;
}

impl Manner for Changes {
    const STATUS: StatusCode = StatusCode::OK;
    const SAYS: &'static str = "As it is after the change";
    const PROBLEMS: &'static [StatusCode] = CHANGING;
}

impl Manner for Makes {
    const STATUS: StatusCode = StatusCode::CREATED;
    const SAYS: &'static str = "Made";
    const LOCATES: bool = true;
    const PROBLEMS: &'static [StatusCode] = CHANGING;
}

impl Manner for Charges {
    const STATUS: StatusCode = StatusCode::OK;
    const SAYS: &'static str = "Charged";
    const PROBLEMS: &'static [StatusCode] = SPENDING;
}

impl Manner for Begins {
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    const SAYS: &'static str = "Charged and begun; look at it until it has ended";
    const LOCATES: bool = true;
    const PROBLEMS: &'static [StatusCode] = SPENDING;
}
