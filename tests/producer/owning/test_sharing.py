from producer.owning.sharing import Share, fair_share


def test_cameras_are_shared_out_evenly() -> None:
    assert [fair_share(20, producers) for producers in (1, 2, 3, 20, 21, 0)] == [20, 10, 7, 1, 1, 20]


def test_free_cameras_are_taken_up_to_the_share() -> None:
    assert Share().to_take({"c", "a", "b"}, held=1, share=3, now=0.0) == ["a", "b"]


def test_a_camera_that_nobody_takes_is_taken_above_the_share() -> None:
    share = Share()
    assert share.to_take({"a"}, held=3, share=3, now=0.0) == []
    assert share.to_take({"a"}, held=3, share=3, now=0.9) == []
    assert share.to_take({"a"}, held=3, share=3, now=1.1) == ["a"]


def test_a_camera_that_was_taken_in_between_counts_from_anew() -> None:
    share = Share()
    share.to_take({"a"}, held=3, share=3, now=0.0)
    share.to_take(set(), held=3, share=3, now=1.0)
    assert share.to_take({"a"}, held=3, share=3, now=1.5) == []


def test_what_is_above_the_share_for_long_is_left_to_others() -> None:
    share = Share()
    assert [share.surplus(5, 3, now) for now in (0.0, 1.0, 2.1)] == [0, 0, 2]
    assert share.surplus(3, 3, 2.6) == 0


def test_a_passing_wobble_moves_no_camera() -> None:
    share = Share()
    assert [share.surplus(held, 3, now) for held, now in ((4, 0.0), (3, 1.0), (4, 1.5), (4, 3.0))] == [0, 0, 0, 0]


def test_nothing_is_given_up_while_a_camera_has_no_producer() -> None:
    share = Share()
    share.to_take({"orphan"}, held=5, share=3, now=0.0)
    share.to_take({"orphan"}, held=5, share=3, now=1.5)
    assert [share.surplus(5, 3, now) for now in (1.5, 4.0)] == [0, 0]
