from monitors.exposition import Exposition, Family, merge


def test_label_values_and_help_are_escaped() -> None:
    family = Family("yunwang_x", "gauge", "one\\two\nthree", [((("alias", 'to "核心"\\\n'),), 1)])

    assert Exposition().render([family]).splitlines() == [
        r"# HELP yunwang_x one\\two\nthree",
        "# TYPE yunwang_x gauge",
        r'yunwang_x{alias="to \"核心\"\\\n"} 1',
    ]


def test_numbers_are_written_as_prometheus_reads_them() -> None:
    values = [2**64 - 1, 0.5, float("inf"), float("-inf"), float("nan")]
    family = Family("yunwang_x", "gauge", "x", [((("n", str(n)),), value) for n, value in enumerate(values)])

    written = [line.split(" ")[1] for line in Exposition().render([family]).splitlines()[2:]]
    assert written == ["18446744073709551615", "0.5", "+Inf", "-Inf", "NaN"]


def test_families_of_one_name_are_rendered_together() -> None:
    first = Family("yunwang_x", "gauge", "x", [((("probe", "http"),), 1)])
    second = Family("yunwang_x", "gauge", "x", [((("probe", "tls"),), 0)])

    text = Exposition().render(merge([first, Family("yunwang_y", "gauge", "y", [((), 2)]), second]))
    assert text.count("# TYPE yunwang_x") == 1
    assert text.index('probe="tls"') < text.index("yunwang_y")


def test_prefixes_of_series_that_went_away_are_forgotten() -> None:
    exposition = Exposition()
    exposition.render([Family("yunwang_x", "gauge", "x", [((("interface", str(n)),), 1) for n in range(100)])])
    exposition.render([Family("yunwang_x", "gauge", "x", [((("interface", "1"),), 1)])])

    assert len(exposition._prefixes) == 1
