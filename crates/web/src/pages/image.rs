//! `/images/{id}`: one picture, its neighbours in the filter it was opened from, and its acts.

use poem::{Request, Response, handler, web::Path};
use safelight_domain::{Image, ImageFilter, ImageId, Refusal};
use safelight_usecases::{Act, Done, Error, GenerationStatus, Urls};
use serde::Serialize;

use super::{
    gallery::{
        self, filter,
        notice::{self, NoticeView},
        side::{self, FolderView},
        tile::{PictureView, TileView},
    },
    id, moment,
};
use crate::{
    api::Variant,
    form::Form,
    problem::Problem,
    query::Query,
    saved,
    site::{Page, see_other},
    visitor::Member,
};

#[derive(Serialize)]
struct ImageView {
    id: String,
    /// For the browser's tab.
    title: String,
    prompt: String,
    picture: PictureView,
    original: String,
    liked: bool,
    /// When it was put in the trash.
    trashed: Option<String>,
    facts: FactsView,
    folders: Vec<FolderView>,
    /// The others of the same press of the button.
    siblings: Vec<TileView>,
    /// The one it was remixed from.
    parent: Vec<TileView>,
    /// Those that were remixed from it.
    remixes: Vec<TileView>,
    newer: Option<String>,
    older: Option<String>,
    gallery: GalleryLinkView,
    /// This page, for forms.
    here: String,
    /// Where to look once this is in the trash.
    after_trash: String,
    notice: Option<NoticeView>,
    /// Where what is taken out of the trash again is looked at.
    after_undo: String,
}

#[derive(Serialize)]
struct FactsView {
    model: String,
    seed: String,
    width: u32,
    height: u32,
    file: String,
    made: String,
    generation_id: String,
    /// "Picture 2 of 4"
    place: String,
    price: u32,
}

#[derive(Serialize)]
struct GalleryLinkView {
    title: String,
    href: String,
}

/// `GET /images/{id}`, with the filter of the gallery it was opened from.
#[handler]
pub async fn show(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
) -> Result<Page, Problem> {
    let (studio, account) = (member.studio(), member.account());
    let image = studio.images.get(account, id(&path)?).await?;
    let query = Query::of(request, &filter::FIELDS)?;
    let filter = filter::read(&query)?;
    let beside = studio.images.neighbours(account, &filter, image.id).await?;
    let list = studio.folders.list(account).await?;
    let shown = side::tree(&list, filter.folder_id);
    let made = studio.generations.get(account, image.generation_id).await?;
    let facts = facts(&member, &image, &made)?;
    let (picture, original) = PictureView::of(&image, &studio.images);
    let link = |id: Option<ImageId>| id.map(|id| filter::image(id, &filter));
    let gallery = filter::gallery(&filter, None);
    let view = ImageView {
        id: image.id.to_string(),
        title: title(&image),
        parent: parent(&member, &made).await?,
        remixes: remixes(&member, &image).await?,
        siblings: siblings(&member, &image, &made, &filter).await?,
        prompt: image.prompt.as_str().to_owned(),
        picture,
        original,
        liked: image.liked,
        trashed: image.trashed_at.map(|at| moment::minute(at, studio.now())),
        facts,
        folders: side::tree(&list, image.folder_id),
        after_trash: link(beside.older.or(beside.newer)).unwrap_or_else(|| gallery.clone()),
        newer: link(beside.newer),
        older: link(beside.older),
        gallery: GalleryLinkView {
            title: gallery::title(&filter, &shown),
            href: format!("{gallery}#i-{}", image.id),
        },
        here: filter::image(image.id, &filter),
        after_undo: notice::first(query.form())
            .map_or_else(|| filter::gallery(&filter, None), |id| filter::image(id, &filter)),
        notice: notice::read(query.form()),
    };
    let title = view.title.clone();
    member.page("image.html", &title, "gallery", view).await
}

/// The first words of the prompt.
fn title(image: &Image) -> String {
    image.prompt.as_str().split_whitespace().take(8).collect::<Vec<_>>().join(" ")
}

/// The pictures of the same generation that are not in the trash, in order.
async fn siblings(
    member: &Member,
    image: &Image,
    made: &GenerationStatus,
    filter: &ImageFilter,
) -> Result<Vec<TileView>, Problem> {
    let (studio, account) = (member.studio(), member.account());
    let mut tiles = Vec::new();
    for id in made.renders.iter().filter_map(|render| render.image_id) {
        let other = studio.images.get(account, id).await?;
        if other.id != image.id && other.trashed_at.is_none() {
            tiles.push(TileView::of(&other, &studio.images, filter));
        }
    }
    Ok(tiles)
}

/// The picture it was remixed from, in the trash or not; none once that is gone.
async fn parent(member: &Member, made: &GenerationStatus) -> Result<Vec<TileView>, Problem> {
    let (studio, account) = (member.studio(), member.account());
    let Some(id) = made.generation.remix_of else { return Ok(Vec::new()) };
    match studio.images.get(account, id).await {
        Ok(parent) => Ok(vec![TileView::of(&parent, &studio.images, &ImageFilter::default())]),
        Err(Error::Refused(Refusal::NotFound)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

async fn remixes(member: &Member, image: &Image) -> Result<Vec<TileView>, Problem> {
    let images = &member.studio().images;
    let all = images.remixes(member.account(), image.id).await?;
    Ok(all.iter().map(|one| TileView::of(one, images, &ImageFilter::default())).collect())
}

fn facts(member: &Member, image: &Image, made: &GenerationStatus) -> Result<FactsView, Problem> {
    let studio = member.studio();
    let mine = made.renders.iter().find(|status| status.render.id == image.render_id);
    let mine = mine.ok_or_else(Problem::not_found)?;
    let count = made.generation.count.get();
    let media = image.extension().to_uppercase().replace("JPG", "JPEG").replace("WEBP", "WebP");
    Ok(FactsView {
        model: gallery::model_name(studio, &image.model),
        seed: image.seed.to_string(),
        width: image.width,
        height: image.height,
        file: format!("{media}, {}", size(image.bytes)),
        made: moment::minute(image.created_at, studio.now()),
        generation_id: image.generation_id.to_string(),
        place: format!("Picture {} of {count}", mine.render.index + 1),
        price: mine.price.get(),
    })
}

/// A file's size as people say it.
fn size(bytes: u64) -> String {
    const KB: u64 = 1_000;
    const MB: u64 = 1_000_000;
    match bytes {
        ..KB => format!("{bytes} bytes"),
        KB..MB => format!("{} kB", bytes.div_ceil(KB)),
        _ => format!("{}.{} MB", bytes / MB, bytes % MB / 100_000),
    }
}

/// `GET /images/{id}/download`: leads to a link that saves the original and lapses within hours;
/// `?variant=clean` is answered with the file without its words.
#[handler]
pub async fn download(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let images = &member.studio().images;
    let image = images.get(member.account(), id(&path)?).await?;
    let query = Query::of(request, &["variant"])?;
    if query.value::<Variant>("variant")? == Some(Variant::Clean) {
        return saved::answer(&member.shared().memory, images.clean(&image).await?);
    }
    Ok(see_other(&images.download(&image).url))
}

/// `GET /images/{id}/urls`: fresh links, for a page that was left open longer than they live.
#[handler]
pub async fn urls(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let images = &member.studio().images;
    let image = images.get(member.account(), id(&path)?).await?;
    Query::of(request, &[])?;
    let Urls { original, w320, w640 } = images.urls(&image);
    let fresh = serde_json::json!({ "original": original, "w320": w320, "w640": w640 });
    Ok(Response::builder().content_type("application/json").body(fresh.to_string()))
}

/// `POST /images/{id}/like`: `liked` says what it shall be, so sending it twice changes nothing.
#[handler]
pub async fn like(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let act = match form.text("liked") {
        "true" => Act::Like(true),
        "false" => Act::Like(false),
        _ => return Err(Problem::invalid("liked", "say true to like it and false to unlike it")),
    };
    one(request, &member, &path, &form, act).await
}

/// `POST /images/{id}/move`: to `folder_id`, or out of all folders when it is blank.
#[handler]
pub async fn relocate(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let act = Act::File(gallery::folder(&form)?);
    one(request, &member, &path, &form, act).await
}

/// `POST /images/{id}/trash`
#[handler]
pub async fn trash(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    one(request, &member, &path, &form, Act::Trash).await
}

/// `POST /images/{id}/restore`
#[handler]
pub async fn restore(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    one(request, &member, &path, &form, Act::Restore).await
}

async fn one(
    request: &Request,
    member: &Member,
    path: &str,
    form: &Form,
    act: Act,
) -> Result<Response, Problem> {
    let ids = [id::<ImageId>(path)?];
    member.studio().images.act(member.account(), &ids, act).await?;
    let done = Done { ids: ids.to_vec(), kept: 0 };
    gallery::answer(request, member, form, &done, act).await
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_units_people_use() {
        for (bytes, says) in [
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (54_482, "55 kB"),
            (1_250_000, "1.2 MB"),
            (12_000_000, "12.0 MB"),
        ] {
            assert_eq!(size(bytes), says);
        }
    }
}
