//! Ada's things: one of everything a path can name, fresh for each try.

use safelight_domain::{
    Actor, Changes, Email, FolderName, KeyScope, ModelSlug, Prompt, Seed, Task, TaskChange, TaskId,
    TaskKind, Topic,
};
use safelight_ports::Store;
use safelight_testkit::{people::ada, picture};
use safelight_usecases::{Import, Source};

use crate::site::Site;

pub struct Things {
    pub account: String,
    /// Somebody who may be blocked: Ada must make more things.
    pub blockable: String,
    pub image: String,
    pub generation: String,
    pub render: String,
    pub folder: String,
    pub key: String,
    pub session: String,
    pub challenge: String,
    pub token: String,
    pub asset: String,
    pub order: String,
    pub event: String,
    pub task: String,
}

impl Things {
    pub async fn of(site: &Site) -> Self {
        let (studio, ada) = (&site.studio.studio, ada());
        let account = ada.account.id;
        let import = Import {
            bytes: picture(Seed(7)),
            prompt: Prompt::parse("a lamp").unwrap(),
            model: ModelSlug("flux-schnell".to_owned()),
            seed: Seed(7),
            folder_id: None,
            source: Source::TrainedAlgorithmicMedia,
        };
        let image = studio.images.import(account, import, Actor::system()).await.unwrap();
        let credits = safelight_domain::Credits::new(10).unwrap();
        studio.ledger.grant(account, credits, "a test".into(), Actor::cli()).await.unwrap();
        let made = site.studio.request(&ada, 1, 1).await.status;
        let name = FolderName::parse(&format!("Folder {}", site.studio.id())).unwrap();
        let folder = studio.folders.create(account, name, None).await.unwrap();
        site.sign_in(&ada).await;
        let session = studio.sessions.list(account).await.unwrap().remove(0);
        let key = site.key(&ada, &[KeyScope::Library]).await;
        let bought = studio.orders.buy(account, &ada.user.email, "small", None, None).await;
        let order = bought.unwrap().order;
        let blockable = Email::parse(&format!("{}@example.com", site.studio.id())).unwrap();
        let blockable = studio.accounts.create(blockable).await.unwrap().account.id.to_string();
        let link = studio.sign_in.link_for(ada.user.email.clone()).await.unwrap();
        let mut parts = link.rsplit('/').map(str::to_owned);
        let (token, challenge) = (parts.next().unwrap(), parts.next().unwrap());
        Self {
            account: account.to_string(),
            blockable,
            image: image.id.to_string(),
            generation: made.generation.id.to_string(),
            render: made.renders[0].render.id.to_string(),
            folder: folder.id.to_string(),
            key: studio.keys.id_of(&key).unwrap().to_string(),
            session: session.id.to_string(),
            challenge,
            token,
            asset: asset(site).await,
            order: order.to_string(),
            event: notice(site).await,
            task: task(site).await,
        }
    }

    /// `route` with these things in its `{}`.
    pub fn path(&self, route: &str) -> String {
        let mut path = Vec::<&str>::new();
        for part in route.split('/') {
            let thing = match (path.last().copied().unwrap_or_default(), part) {
                (_, part) if !part.starts_with('{') => part,
                ("users", _) if route.ends_with("/block") => &self.blockable,
                ("users", _) => &self.account,
                ("images", _) => &self.image,
                ("generations", _) => &self.generation,
                ("renders", _) => &self.render,
                ("folders", _) => &self.folder,
                ("keys", _) => &self.key,
                ("sessions", _) => &self.session,
                ("orders", _) => &self.order,
                ("checkout", _) => "play_1",
                ("webhooks", _) => &self.event,
                ("tasks", _) => &self.task,
                ("link", _) => &self.challenge,
                (_, "{token}") => &self.token,
                ("problems", _) => "not-found",
                ("static", _) => &self.asset,
                (_, "{*name}") => "studio.css",
                ("files", _) => "images/x/original.png",
                _ => panic!("{route}: say in things.rs what {part} names"),
            };
            path.push(thing);
        }
        let path = path.join("/");
        // Where a buyer comes back to, the order is named in the query; so is the newest picture.
        match route {
            "/billing/return" | "/billing/cancel" => format!("{path}?order={}", self.order),
            "/gallery/news" => format!("{path}?than={}", self.image),
            _ => path,
        }
    }

    /// The same, with more in its query.
    pub fn path_with(&self, route: &str, query: &str) -> String {
        let path = self.path(route);
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}{query}")
    }
}

/// A notice about a purchase nobody knows, kept.
async fn notice(site: &Site) -> String {
    let payments = &site.studio.setup.payments;
    let about = Topic::Checkout("cs_nobody_knows".to_owned());
    let notice = payments.emit("checkout.session.completed", about, None);
    let (signature, body) = payments.push(&notice);
    let inbox = &site.studio.studio.inbox;
    inbox.receive(Some(signature), "Via: a test".to_owned(), &body).await.unwrap();
    notice.id
}

/// The digest in the addresses of static files.
async fn asset(site: &Site) -> String {
    let home = site.request(crate::who::Who::Visitor, poem::http::Method::GET, "/").finish();
    let page = site.send(home).await.text.replace("&#x2f;", "/");
    let (_, rest) = page.split_once("/static/").expect("a style");
    rest.split('/').next().unwrap().to_owned()
}

/// A task about a payment of Ada's.
async fn task(site: &Site) -> String {
    let (studio, payments) = (&site.studio.studio, &site.studio.setup.payments);
    let (account, email) = (ada().account.id, ada().user.email);
    let order = studio.orders.buy(account, &email, "small", None, None).await.unwrap().order;
    let checkout = payments.opened(order).unwrap();
    payments.pay(&checkout);
    let task = Task {
        id: TaskId(site.studio.id()),
        kind: TaskKind::PaidNotDelivered,
        account_id: Some(ada().account.id),
        subject: format!("pi_{checkout}"),
        says: "a test".to_owned(),
        created_at: site.studio.studio.now(),
        done_at: None,
    };
    let id = task.id.to_string();
    site.studio.store.commit(Changes::unowned([TaskChange::Create(task)])).await.unwrap();
    id
}
