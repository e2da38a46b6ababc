// @ts-check
/** Readable text on whatever accent a site chooses, by WCAG 2. Colours are [red, green, blue], each 0 to 255. */

/** WCAG AA for text. */
const ENOUGH = 4.5;
const WHITE = [255, 255, 255];
const BLACK = [10, 20, 20];

/** @param {string} colour As a style sheet may write it */
export function parseColour(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

/** @param {number[]} background */
export const textOn = (background) => css(contrast(WHITE, background) >= ENOUGH || contrast(WHITE, background) > contrast(BLACK, background) ? WHITE : BLACK);

/**
 * The colour itself where it can be read on the surfaces, else darker or lighter until it can.
 * @param {number[]} colour
 * @param {number[][]} surfaces
 */
export function readable(colour, surfaces) {
  const target = contrast(BLACK, surfaces[0]) > contrast(WHITE, surfaces[0]) ? BLACK : WHITE;
  let share = 0;
  const mix = () => colour.map((part, index) => Math.round(part + (target[index] - part) * share));
  while (share < 1 && surfaces.some((surface) => contrast(mix(), surface) < ENOUGH)) share += 0.1;
  return css(mix());
}

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const css = (colour) => `rgb(${colour})`;
