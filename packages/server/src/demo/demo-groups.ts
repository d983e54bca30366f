import type { Script } from './demo-script.ts'

const openDayCrew: Script = {
  kind: 'group',
  name: 'Open day crew',
  topic: 'Doors at ten, soup at one, everything put away by six.',
  members: ['mara', 'tobias', 'priya', 'kenji', 'aisha', 'leila'],
  admins: ['leila'],
  days: [
    [
      6,
      [
        [
          '14:02',
          'mara',
          'So that we all have the same list:\n\n• Repair stands outside: Tobias\n• Puncture table: still open\n• Café and soup: Priya\n• Poster and signs: Kenji\n• Music: Aisha\n• Volunteers, and whoever is lost: Leila\n• Everything else, and the rain: me',
          {
            as: 'list',
            pinnedBy: 'mara',
            reactions: { '✅': ['tobias', 'priya', 'kenji', 'aisha', 'leila'] },
          },
        ],
        [
          '14:05',
          'tobias',
          'I notice that I’m outside and you are with the rain.',
          { to: 'list', reactions: { '☔': ['mara', 'kenji'] } },
        ],
        ['14:09', 'leila', 'How many people came last year? I’d like to plan who stands where.'],
        [
          '14:20',
          'mara',
          'About 180, and one goose.',
          { as: 'goose', reactions: { '🦢': ['aisha', 'kenji', 'priya', 'leila'] } },
        ],
        ['14:21', 'kenji', 'The goose is on the poster.', { to: 'goose' }],
      ],
    ],
    [
      3,
      [
        [
          '17:40',
          'kenji',
          'Poster, third version: blue night, one lantern, and the goose on a cargo bike. I took the phone number out, nobody reads it. The address and the hours are twice as large.',
          { as: 'poster', reactions: { '😍': ['mara', 'aisha', 'priya'], '🦢': ['tobias'] } },
        ],
        ['17:52', 'aisha', 'It’s lovely. “Puncture” has two u’s though.', { to: 'poster' }],
        ['17:53', 'kenji', 'It does now.', { reactions: { '🙏': ['aisha'] } }],
        ['18:20', 'priya', 'Can the soup be on it? People come for soup.', { to: 'poster' }],
        [
          '18:24',
          'kenji',
          'A bowl in the goose’s basket. Final. Going to the printer.',
          { reactions: { '🍲': ['priya', 'mara', 'leila'] } },
        ],
      ],
    ],
    [
      1,
      [
        [
          '11:15',
          'leila',
          'Fourteen helpers so far. We’d manage with twelve, so two may be ill.',
          { reactions: { '💛': ['mara', 'priya'] } },
        ],
        ['11:30', 'tobias', 'The second gazebo has a hole the size of a', { deleted: true }],
        [
          '11:31',
          'tobias',
          'The second gazebo has a hole as large as a saddle. I’ve mended it with a saddle cover.',
          { as: 'gazebo', reactions: { '😂': ['kenji', 'aisha', 'leila'], '🔧': ['mara'] } },
        ],
        [
          '16:02',
          'mara',
          'Forecast: dry until four.',
          { as: 'forecast', edited: 'Forecast: dry until four. (Now it says until five.)' },
        ],
        [
          '16:10',
          'aisha',
          'Then the band plays from two until five, before anybody changes their mind.',
          { to: 'forecast' },
        ],
      ],
    ],
    [
      0,
      [
        [
          58,
          'kenji',
          'The posters are here. They smell of ink and success.',
          { reactions: { '🎉': ['mara', 'priya', 'tobias'] } },
        ],
        [51, 'leila', 'I can put up twenty on my way home. Who takes the station?', { as: 'station' }],
        [47, 'aisha', 'Me! I pass it anyway.', { to: 'station' }],
        [
          12,
          'priya',
          '@mara the big pot doesn’t fit the small stove, and the big stove is Tobias’ parts washer. Advice?',
        ],
        [
          11,
          'tobias',
          'I can wash parts tomorrow. I can’t eat parts tomorrow. Take the stove.',
          { reactions: { '❤️': ['priya'] } },
        ],
      ],
    ],
  ],
  unread: { mara: 2, kenji: 2, aisha: 3, leila: 2 },
  own: { leila: { pinned: true } },
}

const childrensCourse: Script = {
  kind: 'group',
  name: 'Children’s course',
  members: ['rosa', 'sam', 'leila'],
  days: [
    [
      4,
      [
        ['09:30', 'rosa', 'We need eleven helmets and have nine and a colander.'],
        ['09:34', 'sam', 'dibs on the colander', { reactions: { '😂': ['rosa', 'leila'] } }],
        [
          '09:50',
          'leila',
          'My neighbour has three from her grandchildren. I’ll fetch them this afternoon.',
          { reactions: { '🙏': ['rosa'] } },
        ],
      ],
    ],
    [
      2,
      [
        [
          '12:40',
          'rosa',
          'Today Noor rode twelve metres without anybody holding on. She doesn’t know yet that I let go.',
          { as: 'noor', reactions: { '🥹': ['sam', 'leila'] } },
        ],
        [
          '12:44',
          'sam',
          'twelve!! I’ll paint a line on the yard so we can show her',
          { to: 'noor', reactions: { '❤️': ['rosa', 'leila'] } },
        ],
      ],
    ],
    [0, [[180, 'rosa', 'Next time: bells. Bring ear protection, and patience.']]],
  ],
  unread: { sam: 1 },
}

const maraAndTobias: Script = {
  kind: 'direct',
  members: ['mara', 'tobias'],
  days: [
    [
      5,
      [
        ['18:31', 'mara', 'Honestly: is Sam ready to take customers alone?', { as: 'ready' }],
        [
          '18:44',
          'tobias',
          'With bikes, yes. With people, he says sorry before they’ve complained. Give him the puncture table first.',
          { to: 'ready' },
        ],
        [
          '18:46',
          'mara',
          'Good. You tell him, he believes you more than me.',
          { reactions: { '👍': ['tobias'] } },
        ],
      ],
    ],
    [
      1,
      [
        ['20:12', 'mara', 'I saw that you stayed late again. The parts will be there in the morning too.'],
        ['20:20', 'tobias', 'They’re lonely at night.'],
        ['20:21', 'mara', 'Go home, Tobias.', { reactions: { '🫡': ['tobias'] } }],
      ],
    ],
    [0, [[30, 'tobias', 'Stove is clean. You could eat off it, which I hear is the plan.']]],
  ],
  unread: { mara: 1 },
}

const samAndTobias: Script = {
  kind: 'direct',
  members: ['sam', 'tobias'],
  days: [
    [
      3,
      [
        ['16:15', 'sam', 'four minutes fifty!!'],
        ['16:22', 'tobias', 'And the tube?'],
        ['16:23', 'sam', '…flat', { reactions: { '😂': ['tobias'] } }],
        [
          '16:25',
          'tobias',
          'You pinch it with the second lever. Use your thumbs for the last hand’s breadth. Everybody’s thumbs hurt for a week.',
        ],
      ],
    ],
    [
      1,
      [
        [
          '15:58',
          'sam',
          'four twenty. holds air since lunch. thumbs are gone',
          { reactions: { '🏆': ['tobias'] } },
        ],
      ],
    ],
    [
      0,
      [
        [64, 'sam', 'thank you for saying that in the channel. really'],
        [61, 'tobias', 'I only said the time.'],
      ],
    ],
  ],
  own: { sam: { draft: 'you could have said four twenty-five and nobody w' } },
}

const maraAndJonas: Script = {
  kind: 'direct',
  members: ['jonas', 'mara'],
  days: [
    [
      4,
      [
        [
          '10:02',
          'jonas',
          'The insurance for the open day is 64.20. It covers music, soup and “farm animals up to 10 kg”.',
          { as: 'insurance' },
        ],
        ['10:30', 'mara', 'Is a goose a farm animal?', { to: 'insurance' }],
        [
          '10:41',
          'jonas',
          'I asked. There was a long silence, and then: yes.',
          { reactions: { '😂': ['mara'] } },
        ],
      ],
    ],
    [
      0,
      [
        [
          130,
          'jonas',
          'One signature is missing on page 3. I’ve put it under your cup, where you will find it.',
        ],
      ],
    ],
  ],
  unread: { mara: 1 },
}

const kenjiAndAisha: Script = {
  kind: 'direct',
  members: ['kenji', 'aisha'],
  days: [
    [
      2,
      [
        [
          '21:05',
          'aisha',
          'Do you know anybody with a double bass and a free afternoon? Theirs has the flu.',
        ],
        ['21:30', 'kenji', 'My uncle. He plays slowly, but he brings his own chair.'],
        ['21:31', 'aisha', 'Slowly is perfect.', { reactions: { '🎻': ['kenji'] } }],
      ],
    ],
    [
      1,
      [
        [
          '12:20',
          'kenji',
          '叔父さん said: “An honour. Is there soup?”',
          { reactions: { '😂': ['aisha'], '🍲': ['aisha'] } },
        ],
      ],
    ],
  ],
}

const rosaAndPiet: Script = {
  kind: 'direct',
  members: ['piet', 'rosa'],
  days: [
    [
      2,
      [
        [
          '13:15',
          'piet',
          'Dear Rosa, I have found in the attic the small red bicycle on which my daughters learned. It needs tyres and somebody of five. Would your course have use for it? Kind regards, Piet',
        ],
        [
          '13:40',
          'rosa',
          'Piet, it would be the most beautiful bicycle in the yard. Yes! And you don’t have to sign your messages, your name is above them.',
        ],
        ['13:44', 'piet', 'A habit of forty-one years. Kind regards, Piet', { reactions: { '❤️': ['rosa'] } }],
      ],
    ],
    [0, [[200, 'rosa', 'Noor chose the red one. She asked whether the lady it belongs to is very old.']]],
  ],
  unread: { piet: 1 },
}

const priyaAndLeila: Script = {
  kind: 'direct',
  members: ['priya', 'leila'],
  days: [
    [
      3,
      [
        ['19:20', 'priya', 'Is there anything that your new volunteers can’t eat?'],
        ['19:33', 'leila', 'One nut allergy, one no pork, one “anything but celery”.'],
        [
          '19:34',
          'priya',
          'The celery person and I will have words. The rest is easy.',
          { reactions: { '🥬': ['leila'] } },
        ],
      ],
    ],
    [0, [[35, 'leila', 'The celery person is also the tandem person. I thought you should know.']]],
  ],
  unread: { priya: 1 },
}

const marasNotes: Script = {
  kind: 'direct',
  members: ['mara'],
  days: [
    [
      2,
      [
        ['22:10', 'mara', 'Ask the neighbours about the noise BEFORE the band plays.'],
        [
          '22:12',
          'mara',
          'Spare key → Leila. Fire extinguisher: check the date. Thank Piet properly.',
          { pinnedBy: 'mara' },
        ],
      ],
    ],
  ],
}

export const demoGroups: readonly Script[] = [
  ...[openDayCrew, childrensCourse, maraAndTobias, samAndTobias, maraAndJonas],
  ...[kenjiAndAisha, rosaAndPiet, priyaAndLeila, marasNotes],
]
