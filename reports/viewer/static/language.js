// Chromium calls the language of a bare system "en-US@posix", which Intl refuses, and with it uPlot.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en" });
}
