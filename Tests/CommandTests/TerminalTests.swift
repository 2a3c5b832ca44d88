import NNFormat
import NNTerminal
import Testing

@Suite struct TerminalTests {
  // East Asian width, combining marks and emoji, as xterm and wcwidth count them.
  @Test(arguments: [
    ("abc", 3), ("größe", 5), ("重み", 4), ("ｆ", 2), ("e\u{301}", 1), ("🙂", 2), ("한글", 4), ("…", 1), ("", 0),
  ])
  func widthsAreThoseOfTerminals(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test func namesAreShortenedInTheMiddle() {
    #expect(shortened("encoder/layer/0", to: 15) == "encoder/layer/0")
    #expect(shortened("encoder/layer/0", to: 9) == "enco…er/0")
    #expect(shortened("重み/重み/重み", to: 9) == "重み…重み")
    #expect(shortened("abc", to: 1) == "…")
  }

  @Test func controlCharactersAreEscaped() {
    #expect(printable("plain – größe") == "plain – größe")
    #expect(printable("a\nb\t\u{1B}[31m\u{9B}\u{202E}\u{7F}") == #"a\nb\t\u{1B}[31m\u{9B}\u{202E}\u{7F}"#)
  }

  @Test func sizesHaveAboutThreeDigits() {
    let sizes = [0, 1, 1023, 1024, 1536, 1_048_575, 1_048_576, 155_189_248, 1 << 40]
    #expect(
      sizes.map(byteSize) == [
        "0 bytes", "1 byte", "1,023 bytes", "1 KiB", "1.5 KiB", "1 MiB", "1 MiB", "148 MiB", "1 TiB",
      ])
    #expect([0, 999, 1000, -1234567].map(grouped) == ["0", "999", "1,000", "-1,234,567"])
  }

  // The texts are Python's '%#.4g'.
  @Test(arguments: [
    (0.05101, "0.05101"), (-1.5, "-1.500"), (2.3e-7, "2.300e-07"), (123456.7, "1.235e+05"), (1e300, "1.000e+300"),
    (0, "0"), (12345, "12345"), (.infinity, "inf"),
  ])
  func numbersInTablesHaveFourDigits(value: Double, text: String) {
    #expect(brief(value) == text)
  }

  @Test func tablesAlignAndLeaveOutEmptyColumns() {
    var table = Table(.name("name"), .text("note"), .number("count"))
    table.add("重み", "", "7")
    table.add("long/name", "", "1,000")
    #expect(table.text(width: nil) == "name       count\n重み           7\nlong/name  1,000\n")
    #expect(table.text(width: 15) == "name      count\n重み          7\nlong…ame  1,000\n")
  }

  @Test func progressTellsCountRateAndTimeLeft() {
    #expect(Progress.counts(done: 0, total: 5000, unit: "rows", elapsed: 1) == "0 of 5,000 rows")
    #expect(
      Progress.counts(done: 1200, total: 5000, unit: "rows", elapsed: 3) == "1,200 of 5,000 rows, 400/s, 10 s left")
    #expect(
      Progress.counts(done: 1, total: 100, unit: "rows", elapsed: 2) == "1 of 100 rows, 0.5/s, 3 min 18 s left")
    #expect(
      Progress.counts(done: 10, total: 100_000, unit: "rows", elapsed: 1) == "10 of 100,000 rows, 10/s, 2 h 46 min left"
    )
  }

  @Test func tolerancesAreBoundsSeparatedByCommas() {
    #expect(ToleranceArgument(argument: "1e-6")?.tolerance == Tolerance(absolute: 1e-6))
    #expect(
      ToleranceArgument(argument: "4ulp,0.5,1e-3rel")?.tolerance == Tolerance(ulps: 4, absolute: 0.5, relative: 1e-3))
    for wrong in ["", "x", "-1", "1e-6,", "4ulps", "1.5ulp", "nan", "inf", "1,2"] {
      #expect(ToleranceArgument(argument: wrong) == nil, "\(wrong)")
    }
  }
}
