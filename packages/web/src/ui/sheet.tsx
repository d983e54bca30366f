import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import { iconButtonLook } from './icon-button.tsx'

interface SheetProps {
  title: string
  open: boolean
  onOpenChange: (open: boolean) => void
  /** False where something else takes the focus when it closes. */
  givesBackFocus?: () => boolean
  /** When it has slid out of sight. */
  onClosed?: () => void
  children: ReactNode
}

/** A dialog at the side, the whole width on a phone. It keeps the focus inside and gives it back. */
export function Sheet({ title, open, onOpenChange, givesBackFocus, onClosed, children }: SheetProps) {
  return (
    <Dialog.Root
      open={open}
      onOpenChange={onOpenChange}
      onOpenChangeComplete={(isOpen) => isOpen || onClosed?.()}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-scrim transition-opacity duration-(--duration-calm) data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup
          finalFocus={givesBackFocus ?? true}
          className="fixed inset-y-0 end-0 flex w-full max-w-sm flex-col bg-surface shadow-high transition-transform duration-(--duration-calm) ease-out data-[ending-style]:translate-x-full data-[starting-style]:translate-x-full rtl:data-[ending-style]:-translate-x-full rtl:data-[starting-style]:-translate-x-full"
        >
          <div className="flex min-h-16 items-center justify-between border-line border-b ps-5 pe-2">
            <Dialog.Title className="font-bold text-title">{title}</Dialog.Title>
            <Dialog.Close aria-label="Close" title="Close" className={iconButtonLook}>
              <Icon name="close" />
            </Dialog.Close>
          </div>
          <div className="min-h-0 grow overflow-y-auto">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
