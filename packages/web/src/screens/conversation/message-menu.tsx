import { Menu } from '@base-ui/react/menu'
import type { Message } from '@confab/protocol/message'
import { type KeyboardEvent, useState } from 'react'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { commonEmojis } from './emojis.ts'
import { rowOf } from './message-actions.ts'

export interface MenuDeeds {
  react: (emoji: string) => void
  moreEmojis: () => void
  reply: () => void
  edit: () => void
  copy: () => void
  forward: () => void
  togglePin: () => void
  copyLink: () => void
  info: () => void
  report: () => void
  delete: () => void
}

interface MessageMenuProps {
  message: Message
  may: { edit: boolean; delete: boolean; reply: boolean; pin: boolean; report: boolean }
  deeds: MenuDeeds
  onClose: () => void
}

/** All that can be done to a message, beside it. Where the focus goes afterwards is up to who opened it. */
export function MessageMenu({ message, may, deeds, onClose }: MessageMenuProps) {
  const row = rowOf(message.seq)
  // By keyboard it opens with its first item chosen, as a menu button's would.
  const [byKeyboard] = useState(() => row?.matches(':is(:focus-visible, :has(:focus-visible))') ?? false)
  return (
    <Menu.Root open onOpenChange={(open) => open || onClose()}>
      <Menu.Portal>
        <Menu.Positioner
          anchor={row?.querySelector('[data-message]') ?? row}
          side="bottom"
          align={row?.dataset.own === 'true' ? 'end' : 'start'}
          sideOffset={4}
          collisionPadding={8}
          className="z-40"
        >
          <Menu.Popup
            aria-label="Message"
            onFocus={({ target, currentTarget }) => {
              if (byKeyboard && target === currentTarget) {
                currentTarget.querySelector<HTMLElement>('[role=menuitem]')?.focus()
              }
            }}
            finalFocus={false}
            className="w-64 origin-(--transform-origin) animate-rise rounded-large border border-line bg-raised p-1.5 shadow-high outline-none"
          >
            <Menu.Group aria-label="React" className="flex justify-between" onKeyDown={alongTheRow}>
              {commonEmojis.map(({ emoji, name }) => (
                <Menu.Item
                  key={emoji}
                  aria-label={`React with ${name}`}
                  title={name}
                  onClick={() => deeds.react(emoji)}
                  className={`${emojiLook} ${isMine(message, emoji) ? 'bg-accent-soft' : ''}`}
                >
                  {emoji}
                </Menu.Item>
              ))}
              <Menu.Item
                aria-label="More emojis"
                title="More emojis"
                onClick={deeds.moreEmojis}
                className={`${emojiLook} text-ink-soft`}
              >
                <Icon name="plus" className="size-4.5" />
              </Menu.Item>
            </Menu.Group>
            <Menu.Separator className="mx-2 my-1.5 h-px bg-line" />
            {may.reply && <Item icon="reply" name="Reply" onUse={deeds.reply} />}
            {may.edit && <Item icon="edit" name="Edit" onUse={deeds.edit} />}
            <Item icon="copy" name="Copy text" onUse={deeds.copy} />
            <Item icon="forward" name="Forward…" onUse={deeds.forward} />
            {may.pin && <Item icon="pin" name={message.pinned ? 'Unpin' : 'Pin'} onUse={deeds.togglePin} />}
            <Item icon="link" name="Copy link" onUse={deeds.copyLink} />
            <Item icon="info" name="Info" onUse={deeds.info} />
            {may.report && <Item icon="alert" name="Report…" onUse={deeds.report} />}
            {may.delete && <Item icon="bin" name="Delete…" danger onUse={deeds.delete} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

const emojiLook =
  'grid size-8 place-items-center rounded-full text-[1.125rem] outline-none data-highlighted:bg-hover data-highlighted:outline-2 data-highlighted:outline-focus'

interface ItemProps {
  icon: IconName
  name: string
  danger?: boolean
  onUse: () => void
}

function Item({ icon, name, danger = false, onUse }: ItemProps) {
  return (
    <Menu.Item
      onClick={onUse}
      className={`flex min-h-10 cursor-default items-center gap-3 rounded-medium px-3 outline-none sm:min-h-9 ${danger ? 'text-danger data-highlighted:bg-danger-soft' : 'data-highlighted:bg-hover'}`}
    >
      <Icon name={icon} className="size-4.5" />
      {name}
    </Menu.Item>
  )
}

const isMine = ({ reactions }: Message, emoji: string): boolean =>
  reactions.some((one) => one.emoji === emoji && one.mine)

/** Left and right move in the row of emojis, as it looks; up and down are the menu's own. */
function alongTheRow(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = items.findIndex((item) => item.matches(':focus'))
  const next = items[at + (event.key === 'ArrowRight' ? 1 : -1)]
  event.preventDefault()
  event.stopPropagation()
  next?.focus()
}
