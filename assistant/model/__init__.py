"""The optional language model: one door to LangChain's chat models, what they are asked, what is read out of a reply.

A reply is read for numbers, or for one question made of the conversation's words; nothing else of it is used, kept or
shown. LangChain's `init_chat_model` is imported when a model is opened, and not before.
"""

from assistant.model.opening import Model, Reply, open_model
from assistant.model.prompts import Option, Prompt, to_choose, to_restate
from assistant.model.replies import numbers_of, restated_of

__all__ = ["Model", "Option", "Prompt", "Reply", "numbers_of", "open_model", "restated_of", "to_choose", "to_restate"]
