"""What `kaggle kernels push` is given: the rules are those of Kaggle's client, kaggle 2.2.5, in its `kernels_push`."""

import json
import re

import pytest

from dt_helpers.authoring import build, kaggle
from dt_helpers.authoring.setting import Setting, kaggle_user
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY, make_tree

STEMS = [script.stem for script in Tree(REPOSITORY).scripts()]
# what the client reads; anything else is passed over without a word
READ = {
    *("id", "id_no", "title", "code_file", "language", "kernel_type", "is_private", "enable_gpu", "enable_tpu"),
    *("enable_internet", "dataset_sources", "competition_sources", "kernel_sources", "model_sources", "keywords"),
    *("docker_image_pinning_type", "docker_image", "machine_shape"),
}
LONGEST_TITLE = 50  # characters; Kaggle's server refuses more


@pytest.mark.parametrize("stem", STEMS)
def test_kaggles_client_would_push_each_notebook(stem):
    folder = REPOSITORY / kaggle.FOLDER / stem
    content = json.loads((folder / kaggle.NAME).read_text(encoding="utf-8"))
    assert set(content) <= READ
    assert 5 <= len(content["title"]) <= LONGEST_TITLE
    assert (folder / content["code_file"]).resolve() == Tree(REPOSITORY).student(stem)
    owner, slug = content["id"].split("/")
    assert owner and slug == re.sub(r"[^a-z0-9]+", "-", content["title"].lower()), "the slug that the title would give"
    assert content["language"] == "python" and content["kernel_type"] == "notebook"
    assert all(isinstance(content[key], bool) for key in content if key.startswith(("is_", "enable_")))
    assert all(content[key] == [] for key in content if key.endswith("_sources"))
    assert content["enable_internet"], "the setup cell installs the course"


@pytest.fixture
def tree(tmp_path):
    tree = make_tree(tmp_path)
    (tree.root / kaggle.FOLDER).mkdir()
    return tree


def test_it_is_released_with_the_repository_s_owner_or_the_user_that_is_named(tree):
    tree.project.write_text('[tool.dt-course]\nrepository = "Ada/course"\nversion = "1.0.0"\n')
    build.write(build.plan(tree))
    file = tree.root / "kaggle/01_returns/kernel-metadata.json"
    assert json.loads(file.read_text())["id"] == "ada/decision-transformer-01-returns"
    tree.project.write_text(tree.project.read_text() + 'kaggle = "ada-teaches"\n')
    assert file in build.plan(tree).drifted
    build.write(build.plan(tree))
    assert json.loads(file.read_text())["id"] == "ada-teaches/decision-transformer-01-returns"
    assert build.plan(tree).up_to_date


@pytest.mark.parametrize("name", ["Ada", "a/b", "", 7])
def test_what_is_no_name_on_kaggle_is_refused(tree, name):
    tree.project.write_text(f"[tool.dt-course]\nkaggle = {json.dumps(name)}\n")
    with pytest.raises(ValueError, match="a user's name on Kaggle, such as ada"):
        kaggle_user(tree, Setting("ada/course", "1.0.0"))


def test_the_one_of_a_notebook_that_is_gone_goes_too(tree):
    old = tree.root / "kaggle/09_old/kernel-metadata.json"
    old.parent.mkdir()
    old.write_text("{}")
    release = build.plan(tree)
    assert release.orphans == [old] and "kaggle/09_old" in release.report(tree, False)
    build.write(release)
    assert not old.parent.exists()


def test_a_checkout_without_the_folder_gets_none(tmp_path):
    tree = make_tree(tmp_path)
    assert kaggle.files(tree, ["01_returns"], Setting("ada/course", "1.0.0")) == {}
