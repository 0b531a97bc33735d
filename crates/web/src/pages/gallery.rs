//! `/gallery`: rows of pictures by day, a filter, folders, the trash, and one act on many.

pub mod answers;
mod day;
pub mod filter;
mod month;
pub mod notice;
pub mod side;
pub mod tile;
mod zip;

use poem::{Request, Response, handler};
use safelight_domain::{
    Folder, FolderId, FolderName, ImageFilter, ImageId, Invalid, ModelSlug, Ratio,
};
use safelight_usecases::{Act, Done, Studio};
use serde::Serialize;
use serde_json::json;

use self::{day::DayView, month::MonthView, notice::NoticeView, side::FolderView, tile::TileView};
use super::back::{self, Back};
use crate::{
    form::Form,
    problem::{Problem, Slug},
    query::Query,
    site::Page,
    visitor::Member,
    wire::Wire,
};

#[derive(Serialize)]
struct GalleryView {
    title: String,
    filter: FilterView,
    folders: Vec<FolderView>,
    /// The folder that is shown.
    folder: Option<usize>,
    days: Vec<DayView>,
    /// The months one can jump to.
    months: Vec<MonthView>,
    /// Where to ask for pictures newer than these.
    news: Option<String>,
    /// Where to ask for the ids of all that match.
    ids: String,
    /// Older pictures.
    next: Option<String>,
    /// The first page, when this is another.
    newest: Option<String>,
    notice: Option<NoticeView>,
    /// What went wrong with a folder.
    trouble: Option<Trouble>,
    /// This page, for forms.
    here: String,
}

#[derive(Serialize)]
struct FilterView {
    liked: bool,
    trashed: bool,
    folder_id: Option<String>,
    q: String,
    models: Vec<ModelView>,
    ratio: Option<&'static str>,
    /// Whether anything is searched or filtered, beyond the place itself.
    narrowed: bool,
    /// What was searched for, in words.
    says: String,
}

#[derive(Serialize)]
struct ModelView {
    slug: String,
    name: String,
    chosen: bool,
}

/// A folder act that was refused, with what was typed.
#[derive(Default, Serialize)]
pub struct Trouble {
    /// Which form: `new`, `rename`, `move`, `delete`.
    pub form: &'static str,
    /// The name as typed.
    pub name: String,
    /// Why not, one sentence.
    pub says: String,
}

/// `GET /gallery?liked=&folder_id=&model=&q=&trashed=&cursor=`
#[handler]
pub async fn show(request: &Request, member: Member) -> Result<Page, Problem> {
    let query = Query::of(request, &filter::FIELDS)?;
    page(&member, &query, None).await
}

/// The gallery as `query` filters it.
pub async fn page(
    member: &Member,
    query: &Query,
    trouble: Option<Trouble>,
) -> Result<Page, Problem> {
    let (studio, account) = (member.studio(), member.account());
    let filter = filter::read(query)?;
    let (part, own) = (filter::page(query, account, filter::PAGE)?, filter::list(account));
    let mark = |cursor| own.mark(cursor);
    let folders = side::tree(&studio.folders.list(account).await?, filter.folder_id);
    let folder = folders.iter().position(|folder| folder.current);
    if filter.folder_id.is_some() && folder.is_none() {
        return Err(Problem::not_found());
    }
    let images = &studio.images;
    let paged = images.list(account, &filter, part).await?;
    let (first, last) = (part.after.is_none(), paged.next.is_none());
    let months = if filter.trashed { Vec::new() } else { images.months(account).await? };
    let newest = paged.items.first().filter(|_| first && !filter.trashed);
    let view = GalleryView {
        title: title(&filter, &folders),
        days: day::days(&paged.items, studio.now(), first, last, |image| {
            TileView::of(image, images, &filter)
        }),
        months: month::months(&months, paged.items.first(), first, own),
        news: newest.map(|image| filter::news(&filter, image.id)),
        ids: filter::ids(&filter, part.after.map(mark)),
        next: paged.next.map(|next| filter::gallery(&filter, Some(mark(next)))),
        newest: (!first).then(|| filter::gallery(&filter, None)),
        notice: notice::read(query.form()),
        here: filter::gallery(&filter, part.after.map(mark)),
        filter: filter_view(&filter, query.text("q"), studio),
        folder,
        folders,
        trouble,
    };
    let title = view.title.clone();
    member.page("gallery.html", &title, "gallery", view).await
}

/// What a filter is called.
pub fn title(filter: &ImageFilter, folders: &[FolderView]) -> String {
    let folder = folders.iter().find(|folder| folder.current);
    match (folder, filter) {
        (_, ImageFilter { trashed: true, .. }) => "Trash".to_owned(),
        (Some(folder), _) => folder.name.clone(),
        (None, ImageFilter { liked: true, .. }) => "Liked".to_owned(),
        _ => "All pictures".to_owned(),
    }
}

/// What people call a model; what is not on offer any more goes by its slug.
pub fn model_name(studio: &Studio, slug: &ModelSlug) -> String {
    let model = studio.terms.catalog.model(&slug.0);
    model.map_or_else(|_| slug.0.clone(), |model| model.name.clone())
}

fn filter_view(filter: &ImageFilter, typed: &str, studio: &Studio) -> FilterView {
    let mut slugs: Vec<_> =
        studio.terms.catalog.models().iter().map(|model| model.slug.clone()).collect();
    slugs.extend(
        filter.model.iter().filter(|slug| !slugs.contains(slug)).cloned().collect::<Vec<_>>(),
    );
    let models = slugs.into_iter().map(|slug| ModelView {
        name: model_name(studio, &slug),
        chosen: filter.model.as_ref() == Some(&slug),
        slug: slug.0,
    });
    let words = filter.search.as_ref().map(|search| {
        let typed = search.typed();
        if typed.contains('"') { typed.to_owned() } else { format!("\"{typed}\"") }
    });
    let model = filter.model.as_ref().map(|slug| model_name(studio, slug));
    let ratio = filter.ratio.map(|ratio| ratio.as_str().to_owned());
    let liked = filter.liked.then(|| "liked".to_owned());
    let says: Vec<_> = words.into_iter().chain(model).chain(ratio).chain(liked).collect();
    FilterView {
        liked: filter.liked,
        trashed: filter.trashed,
        folder_id: filter.folder_id.map(|id| id.to_string()),
        q: typed.trim().to_owned(),
        models: models.collect(),
        ratio: filter.ratio.map(Ratio::as_str),
        narrowed: !says.is_empty(),
        says: says.join(", "),
    }
}

/// `POST /gallery/bulk`: `act` on every `image`, all of them or none.
#[handler]
pub async fn bulk(request: &Request, member: Member, form: Form) -> Result<Response, Problem> {
    let ids = form.all("image").map(ImageId::read).collect::<Result<Vec<_>, _>>()?;
    let (images, account) = (&member.studio().images, member.account());
    let act = match form.text("act") {
        "zip" if form.text("all") == "true" => {
            let (filter, after) = Back::of(&form).list(account)?;
            let ids = images.ids(account, &filter, after).await?;
            return Ok(zip::answer(member.studio(), account, ids, member.download()?));
        }
        "zip" => {
            images.all_there(account, &ids).await?;
            return Ok(zip::answer(member.studio(), account, ids, member.download()?));
        }
        "like" => Act::Like(true),
        "unlike" => Act::Like(false),
        "move" => Act::File(destination(&member, &form).await?),
        "trash" => Act::Trash,
        "restore" => Act::Restore,
        _ => return Err(Invalid::new("act", "choose what to do with these pictures").into()),
    };
    let done = if form.text("all") == "true" {
        let (filter, after) = Back::of(&form).list(account)?;
        images.act_on_all(account, &filter, after, act).await?
    } else {
        images.act_on(account, &ids, act).await?
    };
    if back::by_script(request) {
        let ids: Vec<_> = done.ids.iter().map(ImageId::to_string).collect();
        return Ok(answers::told(&json!({ "done": ids, "kept": done.kept })));
    }
    answer(request, &member, &form, &done, act).await
}

/// Where a form moves pictures to: a folder by this name at the top, made when there is none, or
/// the chosen one.
async fn destination(member: &Member, form: &Form) -> Result<Option<FolderId>, Problem> {
    if form.text("new_folder").trim().is_empty() {
        return folder(form);
    }
    let name = FolderName::parse(form.text("new_folder"))?;
    let (folders, account) = (&member.studio().folders, member.account());
    let same = |folder: &Folder| folder.parent_id.is_none() && folder.name == name;
    if let Some(known) = folders.list(account).await?.into_iter().find(same) {
        return Ok(Some(known.id));
    }
    Ok(Some(folders.create(account, name, None).await?.id))
}

/// Back to where the form was, at the picture the eye was on.
pub async fn answer(
    request: &Request,
    member: &Member,
    form: &Form,
    done: &Done,
    act: Act,
) -> Result<Response, Problem> {
    let back = Back::of(form);
    let Some(last) = done.ids.last().copied() else { return Ok(back.offering(request, done)) };
    if act != Act::Trash {
        return Ok(back.at(Some(last)).answer(request));
    }
    // It is not there any more: the eye falls on the one beside it. It is gone already, so an
    // address that cannot be read is no reason to refuse.
    let Ok(filter) = back.filter() else { return Ok(back.offering(request, done)) };
    let beside = member.studio().images.neighbours(member.account(), &filter, last).await?;
    Ok(back.at(beside.older.or(beside.newer)).offering(request, done))
}

/// The folder a form moves to; blank takes out of all.
pub fn folder(form: &Form) -> Result<Option<FolderId>, Problem> {
    let says = "choose where to move it";
    let chosen = form.get("folder_id").ok_or_else(|| Problem::invalid("folder_id", says))?;
    if chosen.is_empty() { Ok(None) } else { Ok(Some(super::id(chosen)?)) }
}

impl Trouble {
    /// What a form is told, when the fault is one it can mend; everything else is a page of its own.
    pub fn of(form: &'static str, name: &str, problem: Problem) -> Result<Self, Problem> {
        match problem.slug {
            Slug::Taken | Slug::InvalidInput => {
                Ok(Self { form, name: name.to_owned(), says: super::sentence(&problem.detail) })
            }
            _ => Err(problem),
        }
    }
}
