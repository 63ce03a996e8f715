() => {
  const faults = [];
  const isShown = (each) => each.checkVisibility() && each.getClientRects().length > 0;
  const nameOf = (each) =>
    each.getAttribute("aria-label") || each.labels?.[0]?.textContent || each.textContent || each.title ||
    each.querySelector?.("[alt], [aria-label]")?.getAttribute("aria-label") || "";
  for (const each of document.querySelectorAll("button, a, input, select, textarea, [role=img]")) {
    if (isShown(each) && !nameOf(each).trim()) faults.push(`no name: ${each.outerHTML.slice(0, 120)}`);
  }
  for (const each of document.querySelectorAll("img:not([alt])")) faults.push(`no alt: ${each.outerHTML.slice(0, 120)}`);

  const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([red, green, blue]) => 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
  const groundOf = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const ground = parts(getComputedStyle(at).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground;
    }
    return [255, 255, 255];
  };
  const hasText = (each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  for (const each of document.querySelectorAll("body *")) {
    if (!isShown(each) || !hasText(each) || each.closest(".veil, .unseen, .skip, option, noscript, script")) continue;
    const [one, other] = [parts(getComputedStyle(each).color), groundOf(each)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${each.outerHTML.slice(0, 120)}`);
  }
  return faults;
}
