"""Teachers' accounts: a name to sign in with and a password, nothing else."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, *, is_staff: bool = False) -> "User":
        """A teacher; with `is_staff`, one who also looks after the accounts."""
        user = self.model(username=username, is_staff=is_staff, is_superuser=is_staff)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None) -> "User":
        return self.create_user(username, password, is_staff=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A teacher. No e-mail, no real name: the account name is whatever the teacher chooses."""

    username = models.CharField("nom de compte", max_length=40, unique=True)
    is_active = models.BooleanField("compte actif", default=True)
    is_staff = models.BooleanField("administre les comptes", default=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    told: ClassVar[dict[str, str]] = {
        "username": "Le nom de compte de l’enseignant, qu’il choisit lui-même.",
        "password": "Une empreinte du mot de passe de l’enseignant, qui permet de le vérifier, pas de le relire.",
        "last_login": "La date de la dernière connexion de l’enseignant.",
        "created_at": "La date de création du compte.",
    }

    class Meta:
        verbose_name = "compte"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.username


class SignInThrottle(models.Model):
    """Failed sign-ins of one account name, kept as a keyed hash: it works for names that do not exist too."""

    name_key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField()
    told: ClassVar[dict[str, str]] = {
        "name_key": "Après un mot de passe erroné\u00a0: une empreinte du nom de compte, "
        "effacée au bout d’un jour environ.",
        "failures": "Le nombre de mots de passe erronés de suite.",
        "last_failure_at": "La date du dernier mot de passe erroné.",
    }
