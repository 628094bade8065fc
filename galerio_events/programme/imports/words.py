"""The words that other programs and people use for what we have words of our own for."""

from typing import Any

from galerio_events.programme.domain import RoleKind, RoleState, SessionKind, SessionStatus, languages
from galerio_events.text import fold, one_line

_KINDS: dict[SessionKind, str] = {
    SessionKind.RECEPTION: (
        "reception,party,social event,social,networking,dinner,get together,レセプション,懇親会,交流会"
    ),
    SessionKind.BUSINESS_MATCHING: "business matching,matching,b2b,ビジネスマッチング,商談会",
    SessionKind.OPENING: "opening,opening ceremony,opening session,開会,開会式,オープニング",
    SessionKind.SESSION: (
        "session,lecture,talk,panel,panel discussion,plenary,presentation,podium,discussion,seminar,devroom,maintrack,"
        "セッション,講演,分科会,パネルディスカッション,パネル,セミナー"
    ),
    SessionKind.KEYNOTE: "keynote,keynote speech,基調講演,基調",
    SessionKind.WORKSHOP: "workshop,tutorial,training,hands on,hackathon,ワークショップ,研修,演習",
    SessionKind.CLOSING: "closing,closing ceremony,closing session,閉会,閉会式,クロージング",
    SessionKind.BREAK: (
        "break,lunch,lunch break,coffee,coffee break,tea break,pause,meal,休憩,昼食,昼休み,コーヒーブレイク"
    ),
    SessionKind.OTHER: (
        "other,meeting,meetup,contest,film,movie,performance,concert,djset,game,lightning talk,lightningtalk,podcast,"
        "exhibition,poster,excursion,その他,展示,視察,ポスター"
    ),
}
_ROLES: dict[RoleKind, str] = {
    RoleKind.MODERATOR: (
        "moderator,chair,session chair,coordinator,facilitator,host,モデレーター,座長,コーディネーター,ファシリテーター"
    ),
    RoleKind.KEYNOTE: "keynote,keynote speaker,基調講演,基調講演者",
    RoleKind.PANELIST: "panelist,panellist,discussant,パネリスト,パネラー,討論者",
    RoleKind.SPEAKER: "speaker,presenter,lecturer,author,登壇者,講演者,発表者,講師,スピーカー",
    RoleKind.REACTOR: "reactor,commentator,リアクター,コメンテーター",
    RoleKind.OPENING_REMARKS: "opening remarks,welcome,welcome remarks,開会挨拶,開会あいさつ,開会のあいさつ",
    RoleKind.CLOSING_REMARKS: "closing remarks,閉会挨拶,閉会あいさつ,閉会のあいさつ",
    RoleKind.INTERPRETER: "interpreter,通訳,通訳者",
    RoleKind.MC: "mc,master of ceremonies,emcee,司会,司会者,総合司会",
}
_STATUSES: dict[SessionStatus, str] = {
    SessionStatus.TENTATIVE: "tentative,planned,proposed,provisional,draft,仮,予定,未定,調整中",
    SessionStatus.CONFIRMED: "confirmed,fixed,final,accepted,確定,決定",
}
_STATES: dict[RoleState, str] = {
    RoleState.TO_BE_INVITED: "to be invited,依頼予定,依頼前,未依頼,招待予定",
    RoleState.INVITED: "invited,依頼中,招待中",
    RoleState.DECLINED: "declined,辞退",
    RoleState.WITHDRAWN: "withdrawn,取り下げ,取下げ",
    RoleState.REPLACED: "replaced,交代,代理あり",
    RoleState.CONFIRMED: "confirmed,taking part,accepted,確定,承諾,登壇,参加",
}
_YES = frozenset(
    {
        *("yes", "true", "y", "1", "x", "ok", "はい", "有", "あり", "要", "必要", "必", "済", "確定", "○", "◯"),
        *("〇", "✓", "✔"),
    }
)
_NO = frozenset(
    {
        *("no", "false", "n", "0", "いいえ", "無", "なし", "不要", "否", "未", "×", "✕", "ー", "—", "-"),
    }
)


def _by_spelling(words: dict[Any, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member, spelt in words.items():
        for word in (member.value, *spelt.split(",")):
            found.setdefault(fold(word), member)
    return found


_KIND_OF: dict[str, SessionKind] = _by_spelling(_KINDS)
_ROLE_OF: dict[str, RoleKind] = _by_spelling(_ROLES)
_STATUS_OF: dict[str, SessionStatus] = _by_spelling(_STATUSES)
_STATE_OF: dict[str, RoleState] = _by_spelling(_STATES)
_LANGUAGE_OF = {
    "english": "en",
    "japanese": "ja",
    "jp": "ja",
    "jpn": "ja",
    "eng": "en",
    "deu": "de",
    "日本語": "ja",
    "英語": "en",
    "中国語": "zh",
    "韓国語": "ko",
    "日": "ja",
    "英": "en",
}


def kind_of(text: str) -> SessionKind | None:
    """The kind of session that the word means."""
    return _KIND_OF.get(fold(text))


def role_of(text: str) -> RoleKind | None:
    """The role that the word means."""
    return _ROLE_OF.get(fold(text))


def status_of(text: str) -> SessionStatus | None:
    """How sure the word says that a session is."""
    return _STATUS_OF.get(fold(text))


def state_of(text: str) -> RoleState | None:
    """What the word says of an invitation."""
    return _STATE_OF.get(fold(text))


def language_of(text: str) -> str | None:
    """The tag of the language that the text names: `en-US`, `EN`, `English`, `英語`."""
    tag = one_line(text).replace("_", "-")
    for tried in (tag, tag.lower(), tag.split("-")[0].lower(), _LANGUAGE_OF.get(tag.lower(), "")):
        if tried and (named := _LANGUAGE_OF.get(tried, tried)) and languages.is_known(named):
            return named
    return None


def flag_of(text: str) -> bool | None:
    """Whether the word means yes or no."""
    word = one_line(text).lower()
    if word in _YES:
        return True
    return False if word in _NO else None
