import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import { iconButtonLook } from './icon-button.tsx'

interface ModalProps {
  title: string
  /** One sentence below the title. */
  description?: string
  onClose: () => void
  children: ReactNode
}

/**
 * A small dialog in the middle; at the lower edge of a phone, in the thumb's reach. Open while it is
 * there; where the focus goes afterwards is up to who opened it.
 */
export function Modal({ title, description, onClose, children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 animate-fade bg-scrim" />
        <Dialog.Popup
          finalFocus={false}
          className="fixed inset-x-0 bottom-0 mx-auto flex max-h-[85dvh] w-full max-w-md animate-rise flex-col rounded-t-large bg-surface pb-[env(safe-area-inset-bottom)] shadow-high sm:top-[12dvh] sm:bottom-auto sm:max-h-[76dvh] sm:rounded-large"
        >
          <div className="flex items-start justify-between gap-2 ps-5 pe-2 pt-2 pb-1">
            <div className="min-w-0 pt-2.5">
              <Dialog.Title className="font-bold text-title">{title}</Dialog.Title>
              {description && (
                <Dialog.Description className="mt-1 text-ink-soft">{description}</Dialog.Description>
              )}
            </div>
            <Dialog.Close aria-label="Close" title="Close" className={iconButtonLook}>
              <Icon name="close" />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
