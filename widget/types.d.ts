/** The names of shapes that several modules speak of. For people and type checkers: no visitor loads this file. */

type Choice = { id: string; title: string };
type Person = { name: string; role: string };
type Info = { id: string; state: "bot" | "waiting" | "staff" | "closed"; concern: string; staff?: Person | null };
type Sender = "visitor" | "bot" | "staff" | "system";

/** A message of the record; see frontdesk/chat/openapi.yml. */
type Message = {
  id: string;
  from: Sender;
  text: string;
  choices: Choice[];
  answers: string[];
  sent_at: string;
  client_id?: string;
  reply_to?: string;
  form?: "contact";
  author?: Person;
  helpful?: boolean;
  emergency?: boolean;
};

type Config = {
  clinic: string;
  emergency_number: string;
  open: boolean;
  opens_at: string | null;
  starters: Choice[];
  max_characters?: number;
  consent: { version: string; text: string; link?: string };
};

type Answer = { messages: Message[]; conversation: Info };

/** A message that the server has not confirmed yet. */
type Entry = {
  id: string;
  /** When it was written, in ms since 1970; two entries never have the same. */
  at: number;
  text?: string;
  /** A button's id, and what it said. */
  choice?: string;
  title?: string;
  tries: number;
  /** Not to be sent before this time, in ms since 1970. */
  notBefore: number;
  trouble?: "network" | "slow" | "busy" | "refused";
  /** The server's reason for a refusal. */
  sentence?: string;
};

/** What the log shows for a message of the record, or for one that waits. */
type Item = {
  message?: Message;
  entry?: Entry;
  from: Sender;
  text: string;
  at: Date;
  /** Follows another message of the same sender. */
  joined: boolean;
  /** Nothing of the visitor's comes after it. */
  current: boolean;
  /** The visitor's newest. */
  last: boolean;
};

type Words = typeof import("./words/en.js").default;
/** `language` is that of the words; `locale` may name a region as well, for dates. */
type Speech = { words: Words; language: string; locale: string; direction: "ltr" | "rtl" };

type ApiError = import("./api.js").ApiError;
type Conversation = import("./conversation.js").Conversation;

/** What views below the panel need. */
type Context = {
  words: Words;
  times: import("./times.js").Times;
  conversation: Conversation;
  close: () => void;
  /** Tells a screen reader, when it has time. */
  say: (sentence: string) => void;
  /** Puts text into the composer. */
  edit: (text: string) => void;
  /** Puts the focus where the newest message is. */
  home: () => void;
};
