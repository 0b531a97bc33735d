//! Folders of the gallery.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};
use safelight_domain::{Folder, FolderId, FolderName, Timestamp};
use serde::Deserialize;

use super::Tag;
use crate::{
    auth::{ApiKey, Library, Read},
    body::Body,
    list::List,
    manner::{Changes, Looks, Makes, Told},
    openapi::PREFIX,
    wire::Text,
};

/// A folder.
#[derive(Object)]
#[oai(rename = "Folder")]
struct FolderView {
    id: Text<FolderId>,
    name: String,
    /// The folder it lies in; null at the top.
    #[oai(nullable)]
    parent_id: Option<Text<FolderId>>,
    created_at: Text<Timestamp>,
}

impl From<Folder> for FolderView {
    fn from(folder: Folder) -> Self {
        Self {
            id: Text(folder.id),
            name: folder.name.as_str().to_owned(),
            parent_id: folder.parent_id.map(Text),
            created_at: Text(folder.created_at),
        }
    }
}

/// A folder to make.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct NewFolderBody {
    /// 1 to 80 characters, none of control and not all blank, unique among its siblings.
    #[serde(default)]
    #[oai(validator(
        min_length = 1,
        max_length = 80,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    name: String,
    /// The folder it lies in; the top when absent.
    #[oai(nullable)]
    parent_id: Option<Text<FolderId>>,
}

/// What to change about a folder; what is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct FolderBody {
    /// Its new name.
    #[oai(
        nullable,
        validator(
            min_length = 1,
            max_length = 80,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
        )
    )]
    name: Option<String>,
    /// The folder to move it to; null for the top.
    #[serde(default)]
    #[oai(nullable)]
    parent_id: MaybeUndefined<Text<FolderId>>,
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/folders", tag = "Tag::Folders")]
impl Api {
    /// List all folders, by name
    #[oai(path = "/", method = "get", operation_id = "list_folders")]
    async fn list(&self, key: ApiKey<Read>) -> Told<List<FolderView>, Looks> {
        let folders = key.studio().folders.list(key.account).await?;
        key.answer(List::whole(folders.into_iter().map(FolderView::from).collect())).await
    }

    /// Make a folder
    #[oai(path = "/", method = "post", operation_id = "create_folder")]
    async fn create(
        &self,
        key: ApiKey<Library>,
        body: Body<NewFolderBody>,
    ) -> Told<FolderView, Makes> {
        let NewFolderBody { name, parent_id } = body.0;
        let (name, parent) = (FolderName::parse(&name)?, parent_id.map(|id| id.0));
        let folder = key.studio().folders.create(key.account, name, parent).await?;
        let place = format!("{PREFIX}/folders/{}", folder.id);
        Ok(key.answer(folder.into()).await?.at(place))
    }

    /// Look at a folder
    #[oai(path = "/:id", method = "get", operation_id = "get_folder")]
    async fn get(&self, key: ApiKey<Read>, id: Path<Text<FolderId>>) -> Told<FolderView, Looks> {
        let folder = key.studio().folders.get(key.account, id.0.0).await?;
        key.answer(folder.into()).await
    }

    /// Rename or move a folder
    #[oai(path = "/:id", method = "patch", operation_id = "update_folder")]
    async fn edit(
        &self,
        key: ApiKey<Library>,
        id: Path<Text<FolderId>>,
        body: Body<FolderBody>,
    ) -> Told<FolderView, Changes> {
        let (id, folders) = (id.0.0, &key.studio().folders);
        let name = body.0.name.map(|name| FolderName::parse(&name)).transpose()?;
        let parent: Option<Option<Text<FolderId>>> = body.0.parent_id.into();
        if let Some(parent) = parent {
            folders.relocate(key.account, id, parent.map(|id| id.0)).await?;
        }
        if let Some(name) = name {
            folders.rename(key.account, id, name).await?;
        }
        let folder = folders.get(key.account, id).await?;
        key.answer(folder.into()).await
    }

    /// Delete a folder
    ///
    /// Its pictures and folders move up to its parent. Answers the folder as it was.
    #[oai(path = "/:id", method = "delete", operation_id = "delete_folder")]
    async fn delete(
        &self,
        key: ApiKey<Library>,
        id: Path<Text<FolderId>>,
    ) -> Told<FolderView, Changes> {
        let (id, folders) = (id.0.0, &key.studio().folders);
        let folder = folders.get(key.account, id).await?;
        folders.delete(key.account, id).await?;
        key.answer(folder.into()).await
    }
}
