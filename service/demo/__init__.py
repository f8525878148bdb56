"""The sample province (示例数据): invented agencies and systems on the real divisions, all named 示例."""

from service.demo.province import load_demo
from service.demo.visitors import renew_visitors

__all__ = ["load_demo", "renew_visitors"]
