// @ts-check
/** Links in a text: web and e-mail addresses, numbers that can be dialled as they stand. */
import { make } from "./dom.js";

// No lookbehind: older Safaris would not load the module. Bounded, so that no text makes it slow.
const LINKABLE = /(https?:\/\/[^\s<>"']{1,2000})|([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})|(\+\d[\d ().-]{5,18}\d)|\d[\d -]{0,10}\d/gi;

/** @param {string} number */
export const telephone = (number) => `tel:${number.replace(/[^\d+*#]/g, "")}`;

/** @param {string} href */
export const outward = (href) => ({ href, target: "_blank", rel: "noopener noreferrer" });

/**
 * @param {string} text
 * @param {string} [emergency] The emergency number: local numbers are not links, but for this one
 */
export function linkify(text, emergency = "") {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINKABLE)) {
    let [found, web, mail, phone] = match;
    let link;
    if (web) {
      found = withoutPunctuation(found);
      if (URL.canParse?.(found) ?? true) link = outward(found);
    } else if (mail) link = { href: `mailto:${found}` };
    else if (phone || isEmergency(text, match.index, found, emergency)) link = { href: telephone(found), class: "tel" };
    if (!link) continue;
    parts.push(text.slice(end, match.index), make("a", link, found));
    end = match.index + found.length;
  }
  return [...parts, text.slice(end)];
}

/** "999" is a number to call; "1,999" and "999.50" are not. */
function isEmergency(text, start, found, emergency) {
  const digits = emergency.replace(/\D/g, "");
  return digits && found.replace(/\D/g, "") === digits && !/[\w.,+]$/.test(text.slice(0, start)) && !/^(\w|[.,]\d)/.test(text.slice(start + found.length));
}

function withoutPunctuation(address) {
  const bare = address.replace(/[.,;:!?\]}»”’*]+$/, "");
  return bare.endsWith(")") && !bare.includes("(") ? withoutPunctuation(bare.slice(0, -1)) : bare;
}
