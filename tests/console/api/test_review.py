from pathlib import Path

from shared.connections import Servers
from shared.messages import Label
from shared.review import ReviewFolder
from tests.console.api.client import Client
from tests.console.web.consoles import running_console
from tests.review import a_crop, an_item, fill


def test_faces_are_listed_looked_at_labelled_and_erased(api: Client, review: Path) -> None:
    assert api.get("/review") == {"items": []}
    folder = ReviewFolder(review)
    first, second = fill(folder, an_item(1), an_item(2, camera="hall"))
    assert [each["id"] for each in api.get("/review")["items"]] == [first, second]
    assert [each["id"] for each in api.get("/review?camera=hall")["items"]] == [second]
    assert api.picture(f"/review/{first}/picture") == a_crop()
    labelled = api.post(f"/review/{first}/label", {"label": "without_mask"})
    assert (labelled["id"], labelled["label"]) == (first, "without_mask")
    found = folder.item(first)
    assert found is not None
    assert found.label is Label.WITHOUT_MASK
    assert [each["id"] for each in api.get("/review?unlabelled=true")["items"]] == [second]
    api.delete(f"/review/{first}")
    assert "there is no face" in api.refused(404, "DELETE", f"/review/{first}")
    assert "there is no face" in api.refused(404, "GET", f"/review/{first}/picture")


def test_what_was_said_of_a_face_is_taken_back(api: Client, review: Path) -> None:
    (face,) = fill(ReviewFolder(review), an_item(), label=Label.WITH_MASK)
    taken = api.post(f"/review/{face}/label", {"label": None})
    assert (taken["label"], taken["labelled_at"]) == (None, None)
    assert [each["id"] for each in api.get("/review?unlabelled=true")["items"]] == [face]


def test_a_label_that_is_none_is_refused(api: Client, review: Path) -> None:
    (face,) = fill(ReviewFolder(review), an_item())
    assert "label" in api.refused(422, "POST", f"/review/{face}/label", {"label": "bearded"})


def test_a_system_without_a_review_folder_has_no_faces(servers: Servers) -> None:
    with running_console(servers) as url:
        client = Client(url)
        assert client.get("/review") == {"items": []}
        assert "keeps no faces" in client.refused(404, "GET", "/review/gate-unsure/picture")
