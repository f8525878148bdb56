"""Deployments (部署): where a component stands, and since when."""

from inventory.deployments.model import Deployment, DeploymentMode

__all__ = ["Deployment", "DeploymentMode"]
