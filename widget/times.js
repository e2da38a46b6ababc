// @ts-check
/** Times as the visitor's language writes them. */

export class Times {
  /** @param {string} locale */
  constructor(locale) {
    const format = (options) => {
      const { format } = new Intl.DateTimeFormat(locale, options);
      return (/** @type {Date} */ date) => format(date);
    };
    this.time = format({ timeStyle: "short" });
    this.full = format({ dateStyle: "full", timeStyle: "short" });
    this.date = format({ weekday: "long", day: "numeric", month: "long" });
    this.dayAndTime = format({ weekday: "long", hour: "numeric", minute: "2-digit" });
    this.relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  }

  /** @param {Date} date */
  day(date) {
    const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000); // a day may have 23 or 25 hours
    return days === 0 || days === -1 ? this.relative.format(days, "day") : this.date(date);
  }
}

/** @param {Date} date */
export const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
