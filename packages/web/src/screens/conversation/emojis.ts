export interface NamedEmoji {
  emoji: string
  name: string
}

/** Offered first. */
export const commonEmojis = named(
  '👍 thumbs up|❤️ heart|😂 tears of joy|🎉 party popper|😮 astonished|🙏 folded hands',
)

/** A choice, not all: any other emoji can be typed or pasted into the search field. */
export const emojiGroups: readonly { name: string; emojis: readonly NamedEmoji[] }[] = [
  {
    name: 'Faces',
    emojis: named(
      '😀 grinning|😄 laughing|😅 relieved laugh|😂 tears of joy|🙂 slight smile|😉 wink|😊 blush|😍 heart eyes|😘 kiss|😋 yum|😜 cheeky|🤪 zany|🤔 thinking|🤨 raised eyebrow|😐 neutral|😴 sleeping|😎 cool|🤓 nerd|🥳 partying|😏 smirk|😬 grimace|🙄 rolling eyes|😮 astonished|😢 crying|😭 sobbing|😱 screaming|😡 angry|🤯 mind blown|🤗 hug|🫡 salute|🤝 handshake|🤷 shrug',
    ),
  },
  {
    name: 'Hands and hearts',
    emojis: named(
      '👍 thumbs up|👎 thumbs down|👏 clapping|🙌 raised hands|🙏 folded hands|💪 strong|👋 waving|👌 OK hand|🤞 crossed fingers|✌️ victory|👀 eyes|🫶 heart hands|❤️ heart|🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|💔 broken heart',
    ),
  },
  {
    name: 'Things',
    emojis: named(
      '🎉 party popper|🎂 cake|🎁 gift|🏆 trophy|🥇 first place|🚀 rocket|⭐ star|✨ sparkles|🔥 fire|💡 idea|💯 hundred|✅ done|❌ cross|❓ question|❗ exclamation|⚠️ warning|⏳ hourglass|📌 pin|📎 paper clip|📅 calendar|💻 laptop|🐛 bug|🔧 wrench|🔒 lock|☕ coffee|🍕 pizza|🍻 beers|🌍 earth|☀️ sun|🌧️ rain|🌈 rainbow|🐱 cat|🐶 dog|🦋 butterfly|🌱 seedling',
    ),
  },
]

/** Those whose name has the words; all where nothing is asked for. */
export function findEmojis(query: string): typeof emojiGroups {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return emojiGroups
  const found = emojiGroups
    .flatMap(({ emojis }) => emojis)
    .filter(({ name }) => name.toLowerCase().includes(wanted))
  const once = [...new Map(found.map((one) => [one.emoji, one])).values()]
  return once.length > 0 ? [{ name: 'Found', emojis: once }] : []
}

/**
 * As the emoji keyboards write it. A heart without its presentation selector (UTS #51) looks the same in most
 * fonts, and would stand beside the other as a second kind of reaction.
 */
export const asKeyboardsWrite = (emoji: string): string =>
  /^(?!\p{Emoji_Presentation})\p{Extended_Pictographic}$/u.test(emoji) ? `${emoji}\ufe0f` : emoji

/** From `emoji name|emoji name`. */
function named(list: string): NamedEmoji[] {
  return list.split('|').map((entry) => {
    const space = entry.indexOf(' ')
    return { emoji: entry.slice(0, space), name: entry.slice(space + 1) }
  })
}
