//! Acts on folders. What is refused is told on the gallery's page, beside what was typed.

use poem::{IntoResponse, Request, Response, handler, web::Path};
use safelight_domain::{FolderId, FolderName};

use super::{
    back::Back,
    gallery::{self, Trouble},
    id,
};
use crate::{form::Form, problem::Problem, visitor::Member};

/// `POST /folders`: makes `name` under `parent_id`, and goes there.
#[handler]
pub async fn create(request: &Request, member: Member, form: Form) -> Result<Response, Problem> {
    let made = async {
        let name = FolderName::parse(form.text("name"))?;
        let parent = form.given("parent_id")?;
        Ok(member.studio().folders.create(member.account(), name, parent).await?)
    };
    answer(request, &member, &form, "new", made.await.map(|_| ())).await
}

/// `POST /folders/{id}/rename`
#[handler]
pub async fn rename(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let folder: FolderId = id(&path)?;
    let renamed = async {
        let name = FolderName::parse(form.text("name"))?;
        Ok(member.studio().folders.rename(member.account(), folder, name).await?)
    };
    answer(request, &member, &form, "rename", renamed.await).await
}

/// `POST /folders/{id}/move`: under `folder_id`, or to the top when it is blank.
#[handler]
pub async fn relocate(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let folder: FolderId = id(&path)?;
    let moved = async {
        let parent = gallery::folder(&form)?;
        Ok(member.studio().folders.relocate(member.account(), folder, parent).await?)
    };
    answer(request, &member, &form, "move", moved.await).await
}

/// `POST /folders/{id}/delete`: its pictures and folders move up to its parent.
#[handler]
pub async fn delete(
    request: &Request,
    member: Member,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let folder: FolderId = id(&path)?;
    let deleted = member.studio().folders.delete(member.account(), folder).await;
    answer(request, &member, &form, "delete", deleted.map_err(Into::into)).await
}

async fn answer(
    request: &Request,
    member: &Member,
    form: &Form,
    which: &'static str,
    result: Result<(), Problem>,
) -> Result<Response, Problem> {
    let back = Back::of(form);
    let Err(problem) = result else { return Ok(back.answer(request)) };
    let status = problem.status();
    let trouble = Trouble::of(which, form.text("name"), problem)?;
    // Where the form was is only where its trouble is shown: that it cannot be read harms nobody.
    let query = back.query().unwrap_or_default();
    let page = gallery::page(member, &query, Some(trouble)).await?;
    Ok(page.status(status).into_response())
}
