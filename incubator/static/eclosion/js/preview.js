// The form as it stands on a phone, beside the one of a desk: a frame as wide as a phone, so that its own rules hold.
// Without this file, or on a narrow screen, a link opens it.

const place = document.querySelector("[data-phone]");

if (place && window.matchMedia("(min-width: 62rem)").matches) {
  const frame = document.createElement("iframe");
  frame.className = "ec-preview__phone";
  frame.title = place.dataset.title;
  frame.src = place.dataset.phone;
  place.append(frame);
}
