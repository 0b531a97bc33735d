//! The folders beside the pictures.

use safelight_domain::{Folder, FolderId, ImageFilter};
use serde::Serialize;

use super::filter;

/// The deepest step the list shows; below, folders stand under each other.
const DEEPEST: usize = 3;

/// A folder in a list.
#[derive(Serialize)]
pub struct FolderView {
    pub id: String,
    pub name: String,
    /// With the folders it lies in: "Coast / Lighthouses".
    pub path: String,
    pub href: String,
    /// How far it is set in.
    depth: usize,
    /// Whether its pictures are shown.
    pub current: bool,
    /// Whether it lies in the current one, or is it: no place to move that one to.
    pub inside: bool,
    pub parent_id: String,
}

/// All folders as a tree that was flattened: each after the one it lies in.
pub fn tree(folders: &[Folder], current: Option<FolderId>) -> Vec<FolderView> {
    let mut rows = Vec::new();
    grow(
        &mut rows,
        folders,
        None,
        &Branch { path: String::new(), depth: 0, inside: false },
        current,
    );
    rows
}

struct Branch {
    path: String,
    depth: usize,
    inside: bool,
}

fn grow(
    rows: &mut Vec<FolderView>,
    folders: &[Folder],
    parent: Option<FolderId>,
    branch: &Branch,
    current: Option<FolderId>,
) {
    for folder in folders.iter().filter(|folder| folder.parent_id == parent) {
        let name = folder.name.as_str().to_owned();
        let path = format!("{}{name}", branch.path);
        let is_current = current == Some(folder.id);
        let inside = branch.inside || is_current;
        let only = ImageFilter { folder_id: Some(folder.id), ..ImageFilter::default() };
        let next = Branch { path: format!("{path} / "), depth: branch.depth + 1, inside };
        rows.push(FolderView {
            id: folder.id.to_string(),
            name,
            path,
            href: filter::gallery(&only, None),
            depth: branch.depth.min(DEEPEST),
            current: is_current,
            inside,
            parent_id: parent.map(|id| id.to_string()).unwrap_or_default(),
        });
        grow(rows, folders, Some(folder.id), &next, current);
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::{AccountId, FolderName, Timestamp, Uuid};

    use super::*;

    #[test]
    fn folders_stand_under_the_one_they_lie_in() {
        let id = |n: u128| FolderId(Uuid::from_u128(n));
        let folder = |n: u128, name: &str, parent: Option<u128>| Folder {
            id: id(n),
            account_id: AccountId(Uuid::nil()),
            parent_id: parent.map(id),
            name: FolderName::parse(name).unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let all =
            [folder(3, "Boats", Some(1)), folder(1, "Coast", None), folder(2, "Posters", None)];
        let rows = tree(&all, Some(id(1)));
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.path.as_str(), row.depth, row.current, row.inside))
            .collect();
        assert_eq!(
            told,
            [
                ("Coast", 0, true, true),
                ("Coast / Boats", 1, false, true),
                ("Posters", 0, false, false)
            ]
        );
    }
}
