// @ts-check
/** The interface's own words, of one language at a time. */

const LANGUAGES = ["en", "es", "fr", "de", "pt", "ar"];
const TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;

/** @param {string[]} wishes The first that is a language at all is taken */
export const chooseLanguage = (wishes) => wishes.find((wish) => TAG.test(wish ?? "")) ?? "en";

/**
 * @param {string} wish
 * @returns {Promise<Speech>} English where there are no words in the wished language
 */
export async function loadSpeech(wish) {
  const primary = wish.toLowerCase().split("-")[0];
  const language = LANGUAGES.includes(primary) ? primary : "en";
  const { default: words } = await import(`./words/${language}.js`);
  return { words, language, locale: language === primary ? wish : language, direction: language === "ar" ? "rtl" : "ltr" };
}
